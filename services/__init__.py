"""The services of Gongfang: order, capacity, ledger and the portal that shows them."""
