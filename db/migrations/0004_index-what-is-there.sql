-- Conversations from before there was a search: the cron indexes them, a bounded number at a time.
INSERT INTO `search_cursors` SELECT `id`, `account_id`, `contact_id`, '', 0 FROM `conversations`;
