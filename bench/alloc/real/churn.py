# Objects, dictionaries, strings and JSON.
import json
import random

random.seed(1)


class Node:
    def __init__(self, key):
        self.key = key
        self.children = []


def tree(depth):
    node = Node(depth)
    if depth:
        node.children = [tree(depth - 1) for _ in range(3)]
    return node


def count(node):
    return 1 + sum(count(child) for child in node.children)


total = sum(count(tree(8)) for _ in range(4))
words = {}
for i in range(150000):
    word = "w%d" % (random.randrange(20000) ** 2 % 15013)
    words.setdefault(word, []).append(i)
text = json.dumps(words)
total += len(text) + len(json.loads(text))
rows = [dict(id=i, name=str(i) * 3, values=list(range(i % 20))) for i in range(40000)]
rows.sort(key=lambda row: (len(row["values"]), row["name"]))
print(total, rows[777]["id"], len(b"".join(bytes([i % 256]) * (i % 700) for i in range(20000))))
