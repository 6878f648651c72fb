-- Tables and indexes in memory, text of varying length, updates that change lengths, joins and sorting.
CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, note TEXT);
INSERT INTO item
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
  SELECT i, 'item ' || (i * 7919 % 60000), i * 1.5, substr(hex(i * 123456789) || hex(i * 987654321), 1, i % 60) FROM n;
CREATE INDEX item_name ON item(name);
CREATE TABLE sale(id INTEGER PRIMARY KEY, item INTEGER, amount INTEGER);
INSERT INTO sale
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
  SELECT i, i * 31 % 60000 + 1, i % 9 FROM n;
UPDATE item SET note = note || note || name WHERE id % 3 = 0;
DELETE FROM item WHERE id % 7 = 0;
SELECT count(*), sum(length(note)), min(name), max(name) FROM item;
SELECT item.name, sum(sale.amount * item.price) AS total FROM sale JOIN item ON sale.item = item.id
  GROUP BY item.name ORDER BY total DESC, item.name LIMIT 5;
SELECT length(group_concat(name, ',')) FROM (SELECT name FROM item ORDER BY note, name);
