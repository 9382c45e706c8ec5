-- A mail is written once: what is sent again is the same mail.
UPDATE platform_mail
SET message_id = :message_id, written_at = :written_at, subject = :subject, text = :text, html = :html
WHERE id = :id
