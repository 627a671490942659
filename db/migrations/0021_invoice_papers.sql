ALTER TABLE "invoice_items" ADD COLUMN "tax_rate" numeric(9, 6);--> statement-breakpoint
ALTER TABLE "message_contents" ADD COLUMN "attachment" jsonb;