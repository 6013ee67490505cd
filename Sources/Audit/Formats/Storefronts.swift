extension ExportFormat {
  static let storefronts: [ExportFormat] = [
    // https://help.shopify.com/en/manual/fulfillment/managing-orders/exporting-orders: one row per line item, the
    // order's own columns only on the first.
    ExportFormat(
      name: "shopify-csv", role: .storefront,
      signature: [["Name"], ["Financial Status"], ["Created at"], ["Lineitem quantity"], ["Lineitem name"]],
      fields: [
        (.orderID, ["Id"]), (.orderName, ["Name"]), (.time, ["Created at"]), (.channel, ["Source"]),
        (.sku, ["Lineitem sku"]), (.quantity, ["Lineitem quantity"]), (.cancelled, ["Cancelled at"]),
      ]),
    // Admin API bulk operations: orders and their line items on lines of their own, joined by __parentId.
    ExportFormat(
      name: "shopify-bulk", role: .storefront, signature: [["id"], ["__parentId"], ["createdAt"]],
      fields: [
        (.orderID, ["id"]), (.orderName, ["name"]), (.time, ["createdAt"]), (.channel, ["sourceName"]),
        (.sku, ["sku"]), (.quantity, ["quantity"]), (.test, ["test"]), (.cancelled, ["cancelledAt"]),
        (.parent, ["__parentId"]),
      ]),
    ExportFormat(
      name: "shopify-graphql", role: .storefront,
      signature: [["id"], ["createdAt"], ["name"], ["displayFinancialStatus"]],
      fields: [
        (.orderID, ["id"]), (.orderName, ["name"]), (.time, ["createdAt"]), (.channel, ["sourceName"]),
        (.sku, ["lineItems.nodes[].sku", "lineItems.edges[].node.sku"]),
        (.quantity, ["lineItems.nodes[].quantity", "lineItems.edges[].node.quantity"]), (.test, ["test"]),
        (.cancelled, ["cancelledAt"]),
      ]),
    ExportFormat(
      name: "shopify-rest", role: .storefront,
      signature: [["id"], ["created_at"], ["order_number", "number"], ["line_items[].sku", "line_items[].quantity"]],
      fields: [
        (.orderID, ["id"]), (.orderName, ["name"]), (.time, ["created_at"]), (.channel, ["source_name"]),
        (.sku, ["line_items[].sku"]), (.quantity, ["line_items[].quantity"]), (.test, ["test"]),
        (.cancelled, ["cancelled_at"]),
      ]),
    ExportFormat(
      name: "shopify-rest-order", role: .storefront,
      signature: [["order.id"], ["order.created_at"], ["order.line_items[].quantity"]],
      fields: [
        (.orderID, ["order.id"]), (.orderName, ["order.name"]), (.time, ["order.created_at"]),
        (.channel, ["order.source_name"]), (.sku, ["order.line_items[].sku"]),
        (.quantity, ["order.line_items[].quantity"]), (.test, ["order.test"]), (.cancelled, ["order.cancelled_at"]),
      ]),
    // REST v3; date_created has no zone, date_created_gmt is UTC without saying so.
    ExportFormat(
      name: "woocommerce-rest", role: .storefront,
      signature: [["id"], ["date_created_gmt"], ["order_key"], ["status"]],
      fields: [
        (.orderID, ["id"]), (.orderName, ["number"]), (.time, ["date_created_gmt"]), (.channel, ["created_via"]),
        (.sku, ["line_items[].sku"]), (.quantity, ["line_items[].quantity"]), (.status, ["status"]),
      ], isUTC: true),
    // The order export of WooCommerce's common plugins.
    ExportFormat(
      name: "woocommerce-csv", role: .storefront,
      signature: [
        ["Order ID", "order_id", "Order Number", "order_number"], ["Order Status", "status"], ["Order Date", "date"],
      ],
      fields: [
        (.orderID, ["Order ID", "order_id"]), (.orderName, ["Order Number", "order_number"]),
        (.time, ["Order Date", "date", "date_created"]), (.sku, ["SKU", "item_sku", "Product SKU"]),
        (.quantity, ["Quantity", "item_quantity", "qty"]), (.status, ["Order Status", "status"]),
      ]),
    ExportFormat(
      name: "generic", role: .storefront,
      signature: [["order_id", "id", "order_number", "order_name", "order", "order no"], created],
      fields: [
        (.orderID, ["order_id", "id", "order", "order no"]),
        (.orderName, ["order_name", "order_number", "name", "number"]),
        (.time, created), (.channel, ["channel", "sales_channel", "source", "marketplace", "source_name"]),
        (.sku, ["sku", "item_sku", "lines[].sku", "line_items[].sku", "items[].sku"]),
        (.quantity, ["qty", "quantity", "units", "lines[].quantity", "line_items[].quantity", "items[].quantity"]),
        (.test, ["test", "is_test"]), (.cancelled, ["cancelled_at", "canceled_at"]),
        (.status, ["status", "order_status"]),
      ]),
  ]

  private static let created = [
    "created_at", "created", "createdAt", "captured_at", "placed_at", "order_date", "ordered_at", "date_created",
    "order_created_at",
  ]
}
