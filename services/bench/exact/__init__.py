"""How near promises come to the best there is: small random cases planned by the product and solved by a model of its own.

Rooms: `cases` (the cases, plain data on a grid of six minutes), `model` (the optimum by OR-Tools CP-SAT, a library of
development only), `planned` (the same case put to the product), `comparing` (both side by side). The model shares no code
with planning: it reads the case and the table of roads.
"""
