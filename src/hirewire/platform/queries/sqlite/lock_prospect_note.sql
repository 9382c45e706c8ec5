-- One note that is about to be changed. There is one writer, so nobody else can.
SELECT n.id, n.contract, n.owner, n.person, n.active, n.text, n.created, n.last_modified
FROM platform_prospect_note AS n
WHERE n.id = :id
