extension ExportFormat {
  private static let references = [
    "order_id", "order_number", "unique_args.order_id", "custom_args.order_id", "Metadata.order_id",
    "metadata.order_id",
    "event_properties.order_id", "attributes.event_properties.OrderId", "properties.OrderId", "order_name", "order",
    "OrderId", "Order ID", "Order Number", "x-order-id", "reference", "external_id",
  ]

  /// Logs of messages to customers.
  static let messages: [ExportFormat] = [
    // https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event: Unix seconds.
    ExportFormat(
      name: "sendgrid", role: .confirmations,
      signature: [["sg_message_id", "sg_event_id"], ["event"], ["timestamp", "processed"]],
      fields: [
        (.orderID, references), (.time, ["timestamp", "processed"]), (.kind, ["event"]),
        (.label, ["category", "template", "subject", "template_name", "sg_template_name"]),
      ], isUTC: true),
    // https://postmarkapp.com/developer/webhooks/delivery-webhook and the activity export.
    ExportFormat(
      name: "postmark", role: .confirmations, signature: [["MessageID"], ["DeliveredAt", "ReceivedAt", "RecordType"]],
      fields: [
        (.orderID, references), (.time, ["DeliveredAt", "ReceivedAt"]), (.kind, ["RecordType", "Status"]),
        (.label, ["Tag", "Subject", "TemplateAlias"]),
      ]),
    ExportFormat(
      name: "klaviyo", role: .confirmations,
      signature: [
        ["metric", "Metric", "event_name", "Event Name"], ["datetime", "timestamp", "Event Time", "event_time"],
      ],
      fields: [
        (.orderID, references), (.time, ["datetime", "Event Time", "event_time", "timestamp"]),
        (.kind, ["metric", "Metric", "event_name", "Event Name"]),
        (.label, ["campaign_name", "Flow Name", "flow_name", "message_name", "Message Name", "subject"]),
      ]),
    ExportFormat(
      name: "smtp-log", role: .confirmations, signature: [["sent_at", "sent", "sentAt"], references],
      fields: [
        (.orderID, references), (.time, ["sent_at", "sent", "sentAt"]), (.kind, ["event", "status"]),
        (.label, ["template", "subject", "tag", "type"]),
      ]),
    ExportFormat(
      name: "generic", role: .confirmations,
      signature: [
        ["confirmed_at", "delivered_at", "timestamp", "confirmation_sent_at"],
        ["template", "subject", "email", "recipient", "confirmed_at", "confirmation_sent_at"], references,
      ],
      fields: [
        (.orderID, references), (.time, ["confirmed_at", "confirmation_sent_at", "delivered_at", "timestamp"]),
        (.kind, ["event", "status"]), (.label, ["template", "subject", "tag", "type"]),
      ]),
  ]

  /// Logs of what lies between storefront and ERP.
  static let integrations: [ExportFormat] = [
    ExportFormat(
      name: "generic", role: .webhooks,
      signature: [
        ["topic", "webhook_id", "x-shopify-topic"], ["delivered_at", "delivered", "timestamp", "created_at"],
        ["order_id", "resource_id", "order", "order_number"],
      ],
      fields: [
        (.orderID, ["order_id", "resource_id", "order", "order_number"]),
        (.time, ["delivered_at", "delivered", "timestamp", "created_at"]),
        (.status, ["response_code", "response_status", "status_code", "status", "response"]), (.kind, ["topic"]),
      ]),
    ExportFormat(
      name: "generic", role: .queue,
      signature: [
        ["queue", "job_id", "message_id", "flow", "attempt"],
        ["processed_at", "finished_at", "dequeued_at", "completed_at", "acked_at"],
        ["order_id", "order_number", "order", "reference", "external_id"],
      ],
      fields: [
        (.orderID, ["order_id", "order_number", "order", "reference", "external_id"]),
        (.time, ["processed_at", "finished_at", "dequeued_at", "completed_at", "acked_at"]),
        (.status, ["status", "result", "state"]),
      ]),
  ]
}
