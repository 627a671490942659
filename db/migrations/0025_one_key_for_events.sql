-- Keeping an event cost three indexes and the check of a key, more than all else that it moves. One key serves what the three did:
-- an event told twice is told of the same message, and histories are read by message (docs/decisions/0012).
ALTER TABLE "message_events" DROP CONSTRAINT "message_events_company_id_message_id_messages_company_id_id_fk";--> statement-breakpoint
DROP INDEX "message_events_dedupe";--> statement-breakpoint
DROP INDEX "message_events_message";--> statement-breakpoint
ALTER TABLE "message_events" DROP CONSTRAINT "message_events_company_id_id_pk";--> statement-breakpoint
ALTER TABLE "message_events" ADD CONSTRAINT "message_events_company_id_message_id_dedupe_key_pk" PRIMARY KEY("company_id","message_id","dedupe_key");--> statement-breakpoint
CREATE INDEX "message_events_bounced" ON "message_events" USING btree ("company_id","at") WHERE "message_events"."kind" = 'bounced';
