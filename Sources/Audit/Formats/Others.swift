extension ExportFormat {
  private static let orderNumbers = ["order_id", "order_number", "order", "Order ID", "Order Number", "Order"]

  static let support: [ExportFormat] = [
    ExportFormat(
      name: "zendesk", role: .tickets,
      signature: [
        ["Id", "Ticket ID"], ["Created at", "Ticket created"], ["Subject"], ["Requester", "Requester name"],
      ],
      fields: [
        (.ticketID, ["Id", "Ticket ID"]), (.time, ["Created at", "Ticket created"]),
        (.orderID, orderNumbers), (.text, ["Subject", "Ticket subject"]), (.label, ["Tags", "Description"]),
      ]),
    ExportFormat(
      name: "gorgias", role: .tickets, signature: [["Ticket id"], ["Created date", "Creation date"], ["Subject"]],
      fields: [
        (.ticketID, ["Ticket id"]), (.time, ["Created date", "Creation date"]), (.orderID, orderNumbers),
        (.text, ["Subject"]), (.label, ["Tags"]),
      ]),
    ExportFormat(
      name: "generic", role: .tickets,
      signature: [
        ["ticket_id", "ticket", "case_id", "case number"], ["created_at", "opened_at", "created", "opened"],
      ],
      fields: [
        (.ticketID, ["ticket_id", "ticket", "case_id", "case number"]),
        (.time, ["opened_at", "created_at", "opened", "created"]), (.orderID, orderNumbers),
        (.text, ["subject", "title", "description"]), (.label, ["tags", "reason", "topic"]),
      ]),
  ]

  static let marketplaces: [ExportFormat] = [
    // GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL: tab-separated, times with offset.
    ExportFormat(
      name: "amazon-orders", role: .marketplaceOrders,
      signature: [["amazon-order-id", "order-id"], ["purchase-date"], ["sku"]],
      fields: [
        (.orderID, ["amazon-order-id", "order-id"]), (.time, ["purchase-date"]), (.sku, ["sku"]),
        (.quantity, ["quantity", "quantity-purchased"]), (.status, ["order-status", "item-status"]),
        (.channel, ["sales-channel"]),
      ], channel: "amazon"),
    // Seller-fulfilled returns and cancellations.
    ExportFormat(
      name: "amazon-cancellations", role: .marketplaceCancellations,
      signature: [
        ["amazon-order-id", "order-id", "Order ID"],
        ["cancel-date", "cancellation-date", "return-request-date", "Return request date"],
        ["cancel-reason", "cancellation-reason", "return-reason", "Return reason"],
      ],
      fields: [
        (.orderID, ["amazon-order-id", "order-id", "Order ID"]),
        (.time, ["cancel-date", "cancellation-date", "return-request-date", "Return request date"]),
        (.secondTime, ["order-date", "purchase-date", "Order date"]),
        (.sku, ["sku", "merchant-sku", "Merchant SKU"]), (.quantity, ["quantity", "Return quantity"]),
        (.reason, ["cancel-reason", "cancellation-reason", "return-reason", "Return reason"]),
      ], channel: "amazon"),
    ExportFormat(
      name: "walmart-orders", role: .marketplaceOrders,
      signature: [
        ["PO#", "purchaseOrderId"], ["Order Date", "orderDate"], ["SKU", "sku", "orderLines.orderLine[].item.sku"],
      ],
      fields: [
        (.orderID, ["PO#", "purchaseOrderId"]), (.time, ["Order Date", "orderDate"]),
        (.sku, ["SKU", "sku", "orderLines.orderLine[].item.sku"]),
        (.quantity, ["Qty", "quantity", "orderLines.orderLine[].orderLineQuantity.amount"]), (.status, ["Status"]),
        (.reason, ["Cancellation Reason", "cancellationReason"]),
      ], channel: "walmart"),
    ExportFormat(
      name: "ebay-orders", role: .marketplaceOrders,
      signature: [
        ["Order Number", "orderId"], ["Sale Date", "creationDate"],
        ["Custom Label", "lineItems[].sku", "lineItems[].lineItemId"],
      ],
      fields: [
        (.orderID, ["Order Number", "orderId"]), (.time, ["Sale Date", "creationDate"]),
        (.sku, ["Custom Label", "lineItems[].sku"]), (.quantity, ["Quantity", "lineItems[].quantity"]),
        (.status, ["orderFulfillmentStatus", "cancelStatus.cancelState"]),
      ], channel: "ebay"),
    ExportFormat(
      name: "generic", role: .marketplaceCancellations,
      signature: [
        ["order_id", "order", "order_number"], ["cancelled_at", "canceled_at", "cancel_date"],
        ["reason", "cancel_reason"],
      ],
      fields: [
        (.orderID, ["order_id", "order", "order_number"]), (.time, ["cancelled_at", "canceled_at", "cancel_date"]),
        (.secondTime, ["ordered_at", "order_date", "purchase_date"]), (.sku, ["sku"]),
        (.quantity, ["quantity", "qty"]),
        (.reason, ["reason", "cancel_reason"]), (.channel, ["marketplace", "channel"]),
      ]),
  ]

  static let inventories: [ExportFormat] = [
    ExportFormat(
      name: "generic", role: .stock,
      signature: [
        ["sku", "item", "Variant SKU", "product_code", "Name"],
        ["on_hand", "onhand", "quantity_on_hand", "Available", "available", "stock", "quantity", "On Hand"],
      ],
      fields: [
        (.sku, ["sku", "Variant SKU", "item", "product_code", "Name"]),
        (.count, ["on_hand", "onhand", "quantity_on_hand", "On Hand", "Available", "available", "stock", "quantity"]),
        (.day, ["as_of", "snapshot_at", "date"]),
      ]),
    ExportFormat(
      name: "generic", role: .demand,
      signature: [
        ["sku", "item", "product_code"], ["week", "week_start", "period", "date", "day"],
        ["demand", "units", "demand_units", "quantity", "planned"],
      ],
      fields: [
        (.sku, ["sku", "item", "product_code"]), (.day, ["week", "week_start", "period", "date", "day"]),
        (.count, ["demand", "demand_units", "units", "planned", "quantity"]),
      ]),
  ]
}
