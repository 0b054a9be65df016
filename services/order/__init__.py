"""Order: decides what was asked for and what is promised. It alone takes orders, splits them, quotes and closes them.

Streams   `order-{ord_…}` one order; `inquiry-{inq_…}` a question that reserves nothing; `entrusted-{ord_…}` the
          report of entrusted production both parties sign. The catalogue is data (`packs/`); each order keeps
          the content hash of the packs it was made from.
Facts out planning-requested, quote-accepted, quote-dropped, cancelled, supply-arrived, replan-answered,
          delivery-confirmed, delivery-disputed, closed (`shared/contracts/order.py`).
Facts in  inquiry-answered, quote-offered, plan-refused, quote-confirmed, quote-lost, plan-changed, work-progressed,
          shipment-delivered (`shared/contracts/capacity.py`).
Tables    order_overview (lists for buyer and office), order_things (quote or delivery -> its order),
          order_papers (inquiries, quotes and deliveries as lists),
          order_questions (replans that wait for an answer).
"""
