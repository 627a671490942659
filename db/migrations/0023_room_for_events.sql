-- A campaign's message is written three times more within seconds: marked, sent, delivered. What was dead in between can't be cleared
-- while others read, so each version needs room on its page: else it moves to another, and into every index.
ALTER TABLE "messages" SET (fillfactor = 30);
