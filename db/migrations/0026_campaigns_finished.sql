-- Each window of a campaign asks which others are still counted by caps: not all that a company ever had.
CREATE INDEX "campaigns_finished" ON "campaigns" USING btree ("company_id","finished_at");
