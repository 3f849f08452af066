# 1. Who is who. The tokens end after an hour; this page makes fresh ones.
M={{base}}
KEY={{key}}
{{people}}
call() { WHO=$1; shift; curl -s -H "Authorization: Bearer $WHO" -H "Content-Type: application/json" "$@"; echo; }

# 2. What may Ani ask about her blender, until when, and what would she have to show?
call $ANI $M/v1/orders/{{order}}/eligibility

# 3. She wants to send it back. A command has a key of its own: the same again is done once.
call $ANI $M/v1/cases -H "Idempotency-Key: try-1" -d '{"order_id": "{{order}}", "type": "RETURN_AND_REFUND",
  "lines": [{"line_id": "1", "reason": "DEFECTIVE"}], "text": "The blender does not start."}' | tee opened.json
CASE=$(sed 's/.*"case":{"case_id":"\([^"]*\)".*/\1/' opened.json)

# 4. What would it cost Citra, who sold it, to say yes? Nothing is written.
call $CITRA $M/v1/cases/$CASE/preview -d '{"command": "ApproveRequest"}'

# 5. Citra says no, and Ani asks the platform to step in.
call $CITRA $M/v1/cases/$CASE/commands -H "Idempotency-Key: try-2" -d '{"command": "RejectRequest",
  "code": "reverse_reject_request_reason_1", "text": "It was tested before it was sent."}'
call $ANI $M/v1/cases/$CASE/commands -H "Idempotency-Key: try-3" -d '{"command": "RaiseDispute",
  "materials": [{"item": "STATUS_OF_MERCHANDISE", "kind": "TEXT", "text": "Plugged in, switched on: silence."}]}'

# 6. This shop is a sandbox: let its agent judge for Ani, and let the days go by in which Citra may appeal.
call $KEY $M/v1/sandbox/cases/$CASE/judge -d '{"decision": "FOR_CUSTOMER", "complete": true}'
call $KEY $M/v1/sandbox/forward -d '{"days": 3}'

# 7. Ani sends the blender back. It arrives; Citra does nothing, so the payment provider deducts what she owes.
call $ANI $M/v1/cases/$CASE/commands -H "Idempotency-Key: try-4" \
  -d '{"command": "ShipBack", "method": "PLATFORM_CARRIER", "tracking": "SANDBOX-1"}'
call $KEY $M/v1/sandbox/forward -d '{"days": 18}'

# 8. What happened, in sentences; in Indonesian with -H "Accept-Language: id".
call $ANI $M/v1/cases/$CASE/timeline
