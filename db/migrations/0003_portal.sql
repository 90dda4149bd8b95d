CREATE TABLE `agreements` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`version` text NOT NULL,
	`hash` text NOT NULL,
	`accepted_by` text NOT NULL,
	`content` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `agreements_version` ON `agreements` (`account_id`,`version`);--> statement-breakpoint
CREATE TABLE `checkups` (
	`account_id` text NOT NULL,
	`asset_id` text NOT NULL,
	`check_name` text NOT NULL,
	`state` text NOT NULL,
	`facts` text NOT NULL,
	`at` integer NOT NULL,
	`since_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `asset_id`, `check_name`)
);
--> statement-breakpoint
CREATE INDEX `checkups_at` ON `checkups` (`at`);--> statement-breakpoint
CREATE TABLE `consent_rules` (
	`account_id` text PRIMARY KEY NOT NULL,
	`marketing` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `consents` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`purpose` text NOT NULL,
	`state` text NOT NULL,
	`source` text NOT NULL,
	`content` text NOT NULL,
	`at` integer NOT NULL,
	`recorded_at` integer NOT NULL,
	`recorded_by` text NOT NULL,
	`import_id` text
);
--> statement-breakpoint
CREATE INDEX `consents_contact` ON `consents` (`account_id`,`contact_id`,`purpose`,`at`);--> statement-breakpoint
CREATE INDEX `consents_import` ON `consents` (`account_id`,`import_id`);--> statement-breakpoint
CREATE TABLE `conversation_labels` (
	`account_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`label_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `conversation_id`, `label_id`)
);
--> statement-breakpoint
CREATE INDEX `conversation_labels_label` ON `conversation_labels` (`account_id`,`label_id`);--> statement-breakpoint
CREATE INDEX `conversation_labels_contact` ON `conversation_labels` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE TABLE `conversation_states` (
	`conversation_id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`assignee_id` text,
	`assigned_at` integer,
	`closed_at` integer,
	`closed_heard_at` integer,
	`read_key` text DEFAULT '' NOT NULL,
	`read_heard_at` integer,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `conversation_states_contact` ON `conversation_states` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `conversation_states_assignee` ON `conversation_states` (`account_id`,`assignee_id`);--> statement-breakpoint
CREATE TABLE `custom_fields` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`choices` text,
	`purpose` text NOT NULL,
	`created_at` integer NOT NULL,
	`retired_at` integer
);
--> statement-breakpoint
CREATE INDEX `custom_fields_account` ON `custom_fields` (`account_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `custom_values` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`field_id` text NOT NULL,
	`content` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `custom_values_field` ON `custom_values` (`account_id`,`contact_id`,`field_id`);--> statement-breakpoint
CREATE INDEX `custom_values_of_field` ON `custom_values` (`account_id`,`field_id`);--> statement-breakpoint
CREATE TABLE `drafts` (
	`id` text NOT NULL,
	`account_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`member_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`content` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `conversation_id`, `member_id`)
);
--> statement-breakpoint
CREATE INDEX `drafts_contact` ON `drafts` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `drafts_member` ON `drafts` (`account_id`,`member_id`);--> statement-breakpoint
CREATE INDEX `drafts_updated` ON `drafts` (`updated_at`);--> statement-breakpoint
CREATE TABLE `imports` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`started_by` text NOT NULL,
	`state` text NOT NULL,
	`content` text NOT NULL,
	`purpose` text NOT NULL,
	`total` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`added` integer DEFAULT 0 NOT NULL,
	`updated` integer DEFAULT 0 NOT NULL,
	`refused` integer DEFAULT 0 NOT NULL,
	`report` text NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE INDEX `imports_account` ON `imports` (`account_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `imports_created` ON `imports` (`created_at`);--> statement-breakpoint
CREATE TABLE `invitations` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`role` text NOT NULL,
	`email` text NOT NULL,
	`email_digest` text NOT NULL,
	`token_digest` text NOT NULL,
	`invited_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`accepted_at` integer,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `invitations_token` ON `invitations` (`token_digest`);--> statement-breakpoint
CREATE INDEX `invitations_account` ON `invitations` (`account_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `invitations_email` ON `invitations` (`email_digest`);--> statement-breakpoint
CREATE INDEX `invitations_created` ON `invitations` (`created_at`);--> statement-breakpoint
CREATE TABLE `labels` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`name` text NOT NULL,
	`colour` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `labels_account` ON `labels` (`account_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `media` (
	`message_id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`number_id` text NOT NULL,
	`holder_id` text NOT NULL,
	`direction` text NOT NULL,
	`state` text NOT NULL,
	`content` text NOT NULL,
	`mime` text NOT NULL,
	`bytes` integer,
	`reason` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`created_at` integer NOT NULL,
	`kept_at` integer
);
--> statement-breakpoint
CREATE INDEX `media_due` ON `media` (`next_at`) WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `media_contact` ON `media` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `media_created` ON `media` (`created_at`);--> statement-breakpoint
CREATE TABLE `notes` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`conversation_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`author` text NOT NULL,
	`content` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `notes_conversation` ON `notes` (`account_id`,`conversation_id`,`at`,`id`);--> statement-breakpoint
CREATE INDEX `notes_contact` ON `notes` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE TABLE `passkeys` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text,
	`public_key` text NOT NULL,
	`credential_id` text NOT NULL,
	`counter` integer NOT NULL,
	`device_type` text NOT NULL,
	`backed_up` integer NOT NULL,
	`transports` text,
	`created_at` integer,
	`aaguid` text
);
--> statement-breakpoint
CREATE INDEX `passkeys_user` ON `passkeys` (`user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `passkeys_credential` ON `passkeys` (`credential_id`);--> statement-breakpoint
CREATE TABLE `retention_rules` (
	`account_id` text NOT NULL,
	`class` text NOT NULL,
	`days` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`updated_by` text NOT NULL,
	`swept_at` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`account_id`, `class`)
);
--> statement-breakpoint
CREATE INDEX `retention_rules_swept` ON `retention_rules` (`swept_at`);--> statement-breakpoint
CREATE TABLE `search_cursors` (
	`conversation_id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`from_key` text DEFAULT '' NOT NULL,
	`due_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `search_cursors_contact` ON `search_cursors` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `search_cursors_due` ON `search_cursors` (`due_at`);--> statement-breakpoint
CREATE TABLE `search_terms` (
	`account_id` text NOT NULL,
	`term` text NOT NULL,
	`subject_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`conversation_id` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `term`, `at`, `subject_id`)
);
--> statement-breakpoint
CREATE INDEX `search_terms_contact` ON `search_terms` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `search_terms_subject` ON `search_terms` (`account_id`,`subject_id`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`token` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`place` text,
	`proven_at` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token` ON `sessions` (`token`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE INDEX `sessions_expires` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `signup_attempts` (
	`digest` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`member_id` text NOT NULL,
	`session_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	`token` text,
	`waba_id` text
);
--> statement-breakpoint
CREATE INDEX `signup_attempts_account` ON `signup_attempts` (`account_id`);--> statement-breakpoint
CREATE INDEX `signup_attempts_created` ON `signup_attempts` (`created_at`);--> statement-breakpoint
CREATE INDEX `signup_attempts_unfinished` ON `signup_attempts` (`used_at`) WHERE token IS NOT NULL;--> statement-breakpoint
CREATE TABLE `templates` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`waba_id` text NOT NULL,
	`meta_id` text NOT NULL,
	`name` text NOT NULL,
	`language` text NOT NULL,
	`category` text NOT NULL,
	`status` text NOT NULL,
	`quality` text,
	`reason` text,
	`detail` text,
	`next_category` text,
	`next_category_at` integer,
	`components` text NOT NULL,
	`status_at` integer DEFAULT 0 NOT NULL,
	`quality_at` integer DEFAULT 0 NOT NULL,
	`category_at` integer DEFAULT 0 NOT NULL,
	`components_at` integer DEFAULT 0 NOT NULL,
	`edited_at` integer,
	`updated_at` integer NOT NULL,
	`synced_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `templates_account` ON `templates` (`account_id`,`name`,`language`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `templates_meta` ON `templates` (`waba_id`,`meta_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text DEFAULT '' NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`address` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`email`);--> statement-breakpoint
CREATE INDEX `users_created` ON `users` (`created_at`);--> statement-breakpoint
CREATE TABLE `verifications` (
	`id` text PRIMARY KEY NOT NULL,
	`identifier` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `verifications_identifier` ON `verifications` (`identifier`);--> statement-breakpoint
CREATE INDEX `verifications_expires` ON `verifications` (`expires_at`);--> statement-breakpoint
CREATE TABLE `waiting_sends` (
	`message_id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`number_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`content` text NOT NULL,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	`next_at` integer NOT NULL,
	`leased_until` integer
);
--> statement-breakpoint
CREATE INDEX `waiting_sends_due` ON `waiting_sends` (`next_at`);--> statement-breakpoint
CREATE INDEX `waiting_sends_contact` ON `waiting_sends` (`account_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `waiting_sends_number` ON `waiting_sends` (`account_id`,`number_id`);--> statement-breakpoint
CREATE INDEX `waiting_sends_created` ON `waiting_sends` (`created_at`);--> statement-breakpoint
CREATE TABLE `workspace_exports` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`ordered_by` text NOT NULL,
	`state` text NOT NULL,
	`bytes` integer,
	`counts` text NOT NULL,
	`parts` text NOT NULL,
	`next_table` text,
	`next_row` integer DEFAULT 0 NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_at` integer,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `workspace_exports_account` ON `workspace_exports` (`account_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `workspace_exports_due` ON `workspace_exports` (`next_at`) WHERE next_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `workspace_exports_created` ON `workspace_exports` (`created_at`);--> statement-breakpoint
DROP INDEX `numbers_phone_number_id`;--> statement-breakpoint
ALTER TABLE `numbers` ADD `pin` text;--> statement-breakpoint
ALTER TABLE `numbers` ADD `registered_at` integer;--> statement-breakpoint
ALTER TABLE `numbers` ADD `state_sync_at` integer;--> statement-breakpoint
ALTER TABLE `numbers` ADD `history_sync_at` integer;--> statement-breakpoint
ALTER TABLE `numbers` ADD `disconnected_at` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `numbers_connected` ON `numbers` (`phone_number_id`) WHERE disconnected_at IS NULL;--> statement-breakpoint
ALTER TABLE `members` ADD `name` text;--> statement-breakpoint
ALTER TABLE `members` ADD `user_id` text;--> statement-breakpoint
CREATE INDEX `members_user` ON `members` (`user_id`,`account_id`);--> statement-breakpoint
ALTER TABLE `messages` ADD `sent_by` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `basis` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `window_until` integer;--> statement-breakpoint
ALTER TABLE `wabas` ADD `way` text DEFAULT 'manual' NOT NULL;--> statement-breakpoint
ALTER TABLE `wabas` ADD `token_expires_at` integer;--> statement-breakpoint
ALTER TABLE `wabas` ADD `business_id` text;--> statement-breakpoint
ALTER TABLE `wabas` ADD `templates_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `wabas_templates` ON `wabas` (`templates_at`);--> statement-breakpoint
CREATE INDEX `audit_entries_action` ON `audit_entries` (`account_id`,`action`,`recorded_at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_actor` ON `audit_entries` (`account_id`,`actor`,`recorded_at`,`id`);--> statement-breakpoint
CREATE INDEX `audit_entries_subject` ON `audit_entries` (`account_id`,`subject`,`at`);