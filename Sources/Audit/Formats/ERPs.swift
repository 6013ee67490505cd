extension ExportFormat {
  /// References to the storefront's order; which of those present fits is found by comparing values.
  private static let references = [
    "externalid", "external_id", "External ID", "PO/Check Number", "otherrefnum", "web_id", "Web ID",
    "eTail Order Id", "Storefront Order", "storefront_order_id", "order_id", "order_number", "reference", "origin",
    "customer_reference", "client_order_ref", "order",
  ]

  static let erps: [ExportFormat] = [
    // A saved search of sales orders, exported as CSV; times are in the user's zone, dates in the user's form.
    ExportFormat(
      name: "netsuite-csv", role: .erp,
      signature: [["Internal ID"], ["Document Number"], ["Date Created", "Date/Time Created", "System Notes : Date"]],
      fields: [
        (.orderID, ["External ID", "PO/Check Number", "eTail Order Id", "Storefront Order"]),
        (.time, ["Date Created", "Date/Time Created", "System Notes : Date"]), (.status, ["Status"]),
      ]),
    ExportFormat(
      name: "netsuite-suiteql", role: .erp,
      signature: [["tranid"], ["externalid", "otherrefnum"], ["createddate", "datecreated", "created"]],
      fields: [
        (.orderID, ["externalid", "otherrefnum"]), (.time, ["createddate", "datecreated", "created"]),
        (.status, ["statusname", "status"]),
      ]),
    ExportFormat(
      name: "netsuite-rest", role: .erp, signature: [["tranId"], ["externalId", "otherRefNum"], ["createdDate"]],
      fields: [(.orderID, ["externalId", "otherRefNum"]), (.time, ["createdDate"])]),
    ExportFormat(
      name: "tryton", role: .erp,
      signature: [["create_date", "Create Date"], ["web_id", "Web ID", "reference", "Reference"]],
      fields: [
        (.orderID, ["web_id", "Web ID", "reference", "Reference", "origin", "number"]),
        (.time, ["create_date", "Create Date"]), (.status, ["state", "State"]),
      ], isUTC: true),
    ExportFormat(
      name: "generic", role: .erp,
      signature: [
        references,
        ["recorded_at", "received_at", "erp_created_at", "imported_at", "booked_at", "erp_recorded_at", "entered_at"],
      ],
      fields: [
        (.orderID, references),
        (
          .time,
          [
            "recorded_at", "received_at", "erp_created_at", "imported_at", "booked_at", "erp_recorded_at", "entered_at",
          ]
        ), (.status, ["status"]),
      ]),
    ExportFormat(
      name: "generic", role: .erp,
      signature: [["external_id", "externalid", "external id"], ["created_at", "createdAt", "created"]],
      fields: [(.orderID, references), (.time, ["created_at", "createdAt", "created"]), (.status, ["status"])]),
  ]
}
