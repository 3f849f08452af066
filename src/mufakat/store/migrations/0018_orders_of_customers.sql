-- Customers look for their own orders, the newest first. The day stands in the snapshot, and here where a list finds it.
ALTER TABLE orders ADD COLUMN purchased_at timestamptz;

UPDATE orders SET purchased_at = (convert_from(snapshot, 'UTF8')::json ->> 'purchased_at')::timestamptz;

CREATE INDEX orders_of_customers ON orders (marketplace, customer_id, purchased_at DESC, order_id);
