-- Nobody else may migrate until this transaction ends. The number is "hirewire" in ASCII: any that nobody else uses.
SELECT pg_advisory_xact_lock(7523670432619786853)
