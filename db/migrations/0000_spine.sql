CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`member_id` text,
	`name` text NOT NULL,
	`digest` text NOT NULL,
	`scopes` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_digest` ON `api_keys` (`digest`);--> statement-breakpoint
CREATE INDEX `api_keys_account` ON `api_keys` (`account_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `asset_tombstones` (
	`digest` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `asset_tombstones_at` ON `asset_tombstones` (`at`);--> statement-breakpoint
CREATE TABLE `audit_entries` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`reason` text,
	`at` integer NOT NULL,
	`recorded_at` integer DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)) NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_entries_account` ON `audit_entries` (`account_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_recorded` ON `audit_entries` (`account_id`,`recorded_at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_age` ON `audit_entries` (`recorded_at`);--> statement-breakpoint
CREATE TABLE `audit_seals` (
	`account_id` text NOT NULL,
	`day` text NOT NULL,
	`entries` integer NOT NULL,
	`previous` text NOT NULL,
	`head` text NOT NULL,
	`sealed_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `day`)
);
--> statement-breakpoint
CREATE INDEX `audit_seals_age` ON `audit_seals` (`sealed_at`);--> statement-breakpoint
CREATE TABLE `canary_runs` (
	`day` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`reason` text,
	`deletion_id` text,
	`started_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE TABLE `contact_preferences` (
	`account_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`category` text NOT NULL,
	`value` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `contact_id`, `category`)
);
--> statement-breakpoint
CREATE TABLE `contacts` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`name` text,
	`name_version` text DEFAULT '' NOT NULL,
	`username` text,
	`username_version` text DEFAULT '' NOT NULL,
	`phone` text,
	`phone_version` text DEFAULT '' NOT NULL,
	`bsuid` text,
	`bsuid_version` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `contacts_account` ON `contacts` (`account_id`,`last_seen_at`,`id`);--> statement-breakpoint
CREATE TABLE `conversations` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`number_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_message_at` integer NOT NULL,
	`user_last_at` integer
);
--> statement-breakpoint
CREATE INDEX `conversations_account` ON `conversations` (`account_id`,`last_message_at`,`id`);--> statement-breakpoint
CREATE INDEX `conversations_contact` ON `conversations` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE TABLE `deletion_blocks` (
	`id` text PRIMARY KEY NOT NULL,
	`deletion_id` text NOT NULL,
	`reason` text NOT NULL,
	`reviewer` text NOT NULL,
	`placed_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`lifted_at` integer
);
--> statement-breakpoint
CREATE INDEX `deletion_blocks_deletion` ON `deletion_blocks` (`deletion_id`,`placed_at`);--> statement-breakpoint
CREATE INDEX `deletion_blocks_age` ON `deletion_blocks` (`placed_at`);--> statement-breakpoint
CREATE TABLE `deletion_owners` (
	`deletion_id` text NOT NULL,
	`member_id` text NOT NULL,
	`account_id` text NOT NULL,
	`token_digest` text NOT NULL,
	`asked` integer NOT NULL,
	`told_at` integer NOT NULL,
	`approved_at` integer,
	PRIMARY KEY(`deletion_id`, `member_id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deletion_owners_token` ON `deletion_owners` (`token_digest`);--> statement-breakpoint
CREATE INDEX `deletion_owners_account` ON `deletion_owners` (`account_id`,`member_id`);--> statement-breakpoint
CREATE INDEX `deletion_owners_age` ON `deletion_owners` (`told_at`);--> statement-breakpoint
CREATE TABLE `deletion_steps` (
	`deletion_id` text NOT NULL,
	`position` integer NOT NULL,
	`step` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`counts` text NOT NULL,
	PRIMARY KEY(`deletion_id`, `position`)
);
--> statement-breakpoint
CREATE INDEX `deletion_steps_age` ON `deletion_steps` (`started_at`);--> statement-breakpoint
CREATE TABLE `deletions` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`scope` text NOT NULL,
	`subject_id` text NOT NULL,
	`door` text NOT NULL,
	`requested_by` text NOT NULL,
	`code_digest` text NOT NULL,
	`state` text NOT NULL,
	`deregister` integer DEFAULT false NOT NULL,
	`requested_at` integer NOT NULL,
	`verified_at` integer,
	`cooling_until` integer,
	`started_at` integer,
	`erased_at` integer,
	`gone_by` integer,
	`completed_at` integer,
	`cancelled_at` integer,
	`cancelled_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deletions_code` ON `deletions` (`code_digest`);--> statement-breakpoint
CREATE UNIQUE INDEX `deletions_open` ON `deletions` (`account_id`,`scope`,`subject_id`) WHERE state NOT IN ('erased', 'completed', 'cancelled');--> statement-breakpoint
CREATE INDEX `deletions_subject` ON `deletions` (`account_id`,`subject_id`,`requested_at`);--> statement-breakpoint
CREATE INDEX `deletions_account` ON `deletions` (`account_id`,`requested_at`,`id`);--> statement-breakpoint
CREATE INDEX `deletions_requested` ON `deletions` (`requested_at`);--> statement-breakpoint
CREATE INDEX `deletions_standing` ON `deletions` (`requested_at`) WHERE state IN ('waiting_approval', 'cooling_off', 'running', 'blocked');--> statement-breakpoint
CREATE TABLE `erasure_ledger` (
	`seq` integer PRIMARY KEY NOT NULL,
	`digest` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `holds` (
	`account_id` text NOT NULL,
	`subject_id` text NOT NULL,
	`kind` text NOT NULL,
	`reason` text NOT NULL,
	`at` integer NOT NULL,
	`lifted_at` integer,
	PRIMARY KEY(`account_id`, `subject_id`, `kind`)
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`account_id` text NOT NULL,
	`digest` text NOT NULL,
	`request_digest` text NOT NULL,
	`message_id` text NOT NULL,
	`status` integer,
	`answer` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `digest`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_created` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE TABLE `intake_counts` (
	`counter_key` text NOT NULL,
	`day` text NOT NULL,
	`received` integer DEFAULT 0 NOT NULL,
	`handled` integer DEFAULT 0 NOT NULL,
	`duplicate` integer DEFAULT 0 NOT NULL,
	`ignored` integer DEFAULT 0 NOT NULL,
	`erased` integer DEFAULT 0 NOT NULL,
	`unknown` integer DEFAULT 0 NOT NULL,
	`malformed` integer DEFAULT 0 NOT NULL,
	`retry` integer DEFAULT 0 NOT NULL,
	`dead` integer DEFAULT 0 NOT NULL,
	`last_event_at` integer NOT NULL,
	PRIMARY KEY(`counter_key`, `day`)
);
--> statement-breakpoint
CREATE TABLE `intake_cursors` (
	`shard` text PRIMARY KEY NOT NULL,
	`segment` integer NOT NULL,
	`item` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `mails` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`member_id` text NOT NULL,
	`kind` text NOT NULL,
	`content` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`created_at` integer NOT NULL,
	`sent_at` integer
);
--> statement-breakpoint
CREATE INDEX `mails_due` ON `mails` (`next_at`) WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `mails_member` ON `mails` (`account_id`,`member_id`);--> statement-breakpoint
CREATE INDEX `mails_created` ON `mails` (`created_at`);--> statement-breakpoint
CREATE TABLE `members` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`role` text NOT NULL,
	`email` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `members_account` ON `members` (`account_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `message_changes` (
	`account_id` text NOT NULL,
	`ref` text NOT NULL,
	`target_ref` text NOT NULL,
	`kind` text NOT NULL,
	`direction` text NOT NULL,
	`contact_id` text NOT NULL,
	`content` text,
	`at` integer NOT NULL,
	`sort_key` text NOT NULL,
	`received_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `ref`)
);
--> statement-breakpoint
CREATE INDEX `message_changes_target` ON `message_changes` (`account_id`,`target_ref`,`kind`,`at`);--> statement-breakpoint
CREATE INDEX `message_changes_contact` ON `message_changes` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `message_changes_received` ON `message_changes` (`received_at`);--> statement-breakpoint
CREATE TABLE `message_statuses` (
	`account_id` text NOT NULL,
	`ref` text NOT NULL,
	`status` text NOT NULL,
	`participant` text DEFAULT '' NOT NULL,
	`contact_id` text,
	`at` integer NOT NULL,
	`error_code` integer,
	`received_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `ref`, `status`, `participant`)
);
--> statement-breakpoint
CREATE INDEX `message_statuses_contact` ON `message_statuses` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `message_statuses_received` ON `message_statuses` (`received_at`);--> statement-breakpoint
CREATE TABLE `messages` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`number_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`ref` text,
	`wamid` text,
	`direction` text NOT NULL,
	`origin` text NOT NULL,
	`precedence` integer NOT NULL,
	`type` text NOT NULL,
	`content` text,
	`at` integer NOT NULL,
	`sort_key` text NOT NULL,
	`received_at` integer NOT NULL,
	`status` text NOT NULL,
	`status_at` integer NOT NULL,
	`error_code` integer,
	`edited_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `messages_sent` ON `messages` (`account_id`,`ref`) WHERE origin = 'api';--> statement-breakpoint
CREATE INDEX `messages_conversation` ON `messages` (`account_id`,`conversation_id`,`sort_key`,`id`);--> statement-breakpoint
CREATE INDEX `messages_unsettled` ON `messages` (`at`) WHERE status IN ('unknown', 'accepted');--> statement-breakpoint
CREATE TABLE `meta_links` (
	`digest` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`member_id` text NOT NULL,
	`at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE INDEX `meta_links_member` ON `meta_links` (`account_id`,`member_id`);--> statement-breakpoint
CREATE TABLE `numbers` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`waba_id` text NOT NULL,
	`phone_number_id` text NOT NULL,
	`display_phone_number` text NOT NULL,
	`verified_name` text NOT NULL,
	`connected_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `numbers_phone_number_id` ON `numbers` (`phone_number_id`);--> statement-breakpoint
CREATE INDEX `numbers_account` ON `numbers` (`account_id`,`id`);--> statement-breakpoint
CREATE TABLE `raw_events` (
	`id` text NOT NULL,
	`part` integer NOT NULL,
	`account_id` text,
	`contact_id` text,
	`counter_key` text NOT NULL,
	`outcome` text NOT NULL,
	`field` text NOT NULL,
	`reason` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`received_at` integer NOT NULL,
	`payload` text NOT NULL,
	PRIMARY KEY(`id`, `part`)
);
--> statement-breakpoint
CREATE INDEX `raw_events_number` ON `raw_events` (`account_id`,`counter_key`,`outcome`,`received_at`,`id`);--> statement-breakpoint
CREATE INDEX `raw_events_contact` ON `raw_events` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `raw_events_due` ON `raw_events` (`outcome`,`next_at`);--> statement-breakpoint
CREATE INDEX `raw_events_received` ON `raw_events` (`received_at`);--> statement-breakpoint
CREATE TABLE `receipts` (
	`deletion_id` text NOT NULL,
	`kind` text NOT NULL,
	`jws` text NOT NULL,
	`leaf` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`deletion_id`, `kind`)
);
--> statement-breakpoint
CREATE INDEX `receipts_age` ON `receipts` (`at`);--> statement-breakpoint
CREATE TABLE `wabas` (
	`waba_id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`token` text NOT NULL,
	`connected_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `wabas_account` ON `wabas` (`account_id`);