extension ExportFormat {
  /// References to the storefront's order; which of those present fits is found by comparing values.
  private static let references = [
    "externalid", "external_id", "External ID", "PO/Check Number", "otherrefnum", "web_id", "Web ID",
    "eTail Order Id", "Storefront Order", "storefront_order_id", "order_id", "order_number", "reference", "origin",
    "customer_reference", "client_order_ref", "order",
  ]

  private static let netSuiteReferences = ["External ID", "PO/Check Number", "eTail Order Id", "Storefront Order"]

  private static func netSuite(
    signature: [[String]], references: [String] = netSuiteReferences
  ) -> ExportFormat {
    let created = ["Date Created", "Date/Time Created", "System Notes : Date"]
    return ExportFormat(
      name: "netsuite-csv", role: .erp, signature: signature + [created],
      fields: [(.orderID, references), (.time, created), (.status, ["Status"])])
  }

  static let erps: [ExportFormat] = [
    // A saved search of sales orders, exported as CSV; times are in the user's zone, dates in the user's form. Which
    // columns it has is the user's choice, so the date created and one that only orders have must do.
    netSuite(signature: [["Internal ID"], ["Document Number"]]),
    netSuite(signature: [netSuiteReferences]),
    // Its own number, for shops that give NetSuite theirs; never beside a reference, which it could outdo by chance.
    netSuite(signature: [["Document Number"]], references: ["Document Number"]),
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
    // As its own export writes the headings of the same two fields.
    ExportFormat(
      name: "tryton", role: .erp, signature: [["Web ID"], ["Created at"]],
      fields: [(.orderID, ["Web ID", "Reference"]), (.time, ["Created at"]), (.status, ["State"])], isUTC: true),
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
