-- Nobody else may migrate until this transaction ends. In SQLite a writing transaction is alone by itself.
SELECT 1
