CREATE TABLE `challenges` (
	`id` text PRIMARY KEY NOT NULL,
	`channel` text NOT NULL,
	`purpose` text NOT NULL,
	`target_digest` text NOT NULL,
	`code_digest` text NOT NULL,
	`content` text NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer
);
--> statement-breakpoint
CREATE INDEX `challenges_target` ON `challenges` (`target_digest`,`created_at`);--> statement-breakpoint
CREATE INDEX `challenges_code` ON `challenges` (`code_digest`);--> statement-breakpoint
CREATE INDEX `challenges_created` ON `challenges` (`created_at`);--> statement-breakpoint
CREATE TABLE `document_versions` (
	`document` text NOT NULL,
	`version` text NOT NULL,
	`hash` text NOT NULL,
	`leaf` text,
	`material` integer NOT NULL,
	`effective_at` integer NOT NULL,
	`seen_at` integer NOT NULL,
	`told_at` integer,
	`in_force_at` integer,
	PRIMARY KEY(`document`, `version`)
);
--> statement-breakpoint
CREATE TABLE `letters` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`visitor_id` text NOT NULL,
	`topic` text NOT NULL,
	`content` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `letters_visitor` ON `letters` (`visitor_id`);--> statement-breakpoint
CREATE INDEX `letters_created` ON `letters` (`created_at`);--> statement-breakpoint
CREATE TABLE `notices` (
	`document` text NOT NULL,
	`version` text NOT NULL,
	`account_id` text NOT NULL,
	`recipient_id` text NOT NULL,
	`mail_id` text NOT NULL,
	`queued_at` integer NOT NULL,
	`sent_at` integer,
	`failed_at` integer,
	PRIMARY KEY(`document`, `version`, `recipient_id`)
);
--> statement-breakpoint
CREATE INDEX `notices_recipient` ON `notices` (`account_id`,`recipient_id`);--> statement-breakpoint
CREATE INDEX `notices_open` ON `notices` (`mail_id`) WHERE sent_at IS NULL AND failed_at IS NULL;--> statement-breakpoint
CREATE INDEX `notices_queued` ON `notices` (`queued_at`);--> statement-breakpoint
CREATE TABLE `packages` (
	`id` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`account_id` text NOT NULL,
	`subject_id` text NOT NULL,
	`state` text NOT NULL,
	`public_key` text,
	`bytes` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `packages_request` ON `packages` (`request_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `packages_subject` ON `packages` (`account_id`,`subject_id`);--> statement-breakpoint
CREATE INDEX `packages_open` ON `packages` (`expires_at`) WHERE state IN ('building', 'ready');--> statement-breakpoint
CREATE INDEX `packages_due` ON `packages` (`next_at`) WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `packages_created` ON `packages` (`created_at`);--> statement-breakpoint
CREATE TABLE `request_messages` (
	`id` text PRIMARY KEY NOT NULL,
	`request_id` text NOT NULL,
	`account_id` text NOT NULL,
	`subject_id` text NOT NULL,
	`by` text NOT NULL,
	`content` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `request_messages_request` ON `request_messages` (`request_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `request_messages_subject` ON `request_messages` (`account_id`,`subject_id`);--> statement-breakpoint
CREATE INDEX `request_messages_at` ON `request_messages` (`at`);--> statement-breakpoint
CREATE TABLE `request_rules` (
	`account_id` text PRIMARY KEY NOT NULL,
	`let_through` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `requests` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`subject_kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`type` text NOT NULL,
	`door` text NOT NULL,
	`language` text NOT NULL,
	`code_digest` text NOT NULL,
	`state` text NOT NULL,
	`regimes` text NOT NULL,
	`received_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`let_through_at` integer,
	`reminded_at` integer,
	`decided_at` integer,
	`decided_by` text,
	`refusal` text,
	`deletion_id` text,
	`closed_at` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `requests_code` ON `requests` (`code_digest`);--> statement-breakpoint
CREATE UNIQUE INDEX `requests_open` ON `requests` (`account_id`,`subject_id`,`type`) WHERE state IN ('waiting', 'granted');--> statement-breakpoint
CREATE INDEX `requests_account` ON `requests` (`account_id`,`received_at`,`id`);--> statement-breakpoint
CREATE INDEX `requests_subject` ON `requests` (`subject_id`);--> statement-breakpoint
CREATE INDEX `requests_due` ON `requests` (`next_at`) WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `requests_received` ON `requests` (`received_at`);--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`visitor_id` text NOT NULL,
	`account_id` text NOT NULL,
	`list` text NOT NULL,
	`token_digest` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`visitor_id`, `list`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `subscriptions_token` ON `subscriptions` (`token_digest`);--> statement-breakpoint
CREATE TABLE `visitors` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`email` text NOT NULL,
	`email_digest` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `visitors_email` ON `visitors` (`email_digest`);--> statement-breakpoint
CREATE INDEX `visitors_seen` ON `visitors` (`last_seen_at`);--> statement-breakpoint
CREATE TABLE `wishes` (
	`message_id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`number_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`kind` text NOT NULL,
	`language` text NOT NULL,
	`code_digest` text,
	`at` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer
);
--> statement-breakpoint
CREATE INDEX `wishes_due` ON `wishes` (`next_at`) WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `wishes_contact` ON `wishes` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `wishes_at` ON `wishes` (`at`);--> statement-breakpoint
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_mails` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`member_id` text,
	`visitor_id` text,
	`challenge_id` text,
	`kind` text NOT NULL,
	`content` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`created_at` integer NOT NULL,
	`sent_at` integer
);
--> statement-breakpoint
INSERT INTO `__new_mails`("id", "account_id", "member_id", "kind", "content", "attempts", "next_at", "created_at", "sent_at") SELECT "id", "account_id", "member_id", "kind", "content", "attempts", "next_at", "created_at", "sent_at" FROM `mails`;--> statement-breakpoint
DROP TABLE `mails`;--> statement-breakpoint
ALTER TABLE `__new_mails` RENAME TO `mails`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX `mails_due` ON `mails` (`next_at`) WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `mails_member` ON `mails` (`account_id`,`member_id`);--> statement-breakpoint
CREATE INDEX `mails_visitor` ON `mails` (`visitor_id`);--> statement-breakpoint
CREATE INDEX `mails_created` ON `mails` (`created_at`);--> statement-breakpoint
ALTER TABLE `members` ADD `email_digest` text;--> statement-breakpoint
CREATE INDEX `members_email` ON `members` (`email_digest`);--> statement-breakpoint
CREATE INDEX `members_created` ON `members` (`created_at`);