/// The part of the Admin schema that is simulated: fields by type, each with the object type it leads to.
///
/// A document is checked against it before anything is done, as Shopify does, so a mistyped field never comes with an
/// effect. Fields that exist at Shopify but not here are refused too: an answer made up would be worse.
enum ShopifySchema {
  private static func scalars(_ names: String) -> [String: String] {
    Dictionary(names.split(separator: " ").map { (String($0), "") }, uniquingKeysWith: { first, _ in first })
  }

  private static func type(_ names: String, _ objects: [String: String] = [:]) -> [String: String] {
    scalars(names).merging(objects) { _, object in object }
  }

  private static let userError = type("field message")
  private static let codedError = type("field message code")

  static let types: [String: [String: String]] = [
    "QueryRoot": [
      "orders": "OrderConnection", "order": "Order", "ordersCount": "Count", "fulfillmentOrder": "FulfillmentOrder",
      "webhookSubscriptions": "WebhookSubscriptionConnection", "webhookSubscription": "WebhookSubscription",
      "shop": "Shop", "currentAppInstallation": "AppInstallation",
    ],
    "Mutation": [
      "fulfillmentOrderHold": "FulfillmentOrderHoldPayload",
      "fulfillmentOrderReleaseHold": "FulfillmentOrderReleaseHoldPayload", "tagsAdd": "TagsAddPayload",
      "tagsRemove": "TagsRemovePayload", "metafieldsSet": "MetafieldsSetPayload", "orderCancel": "OrderCancelPayload",
      "webhookSubscriptionCreate": "WebhookSubscriptionCreatePayload",
      "webhookSubscriptionDelete": "WebhookSubscriptionDeletePayload",
    ],
    "Order": type(
      """
      id legacyResourceId name number confirmationNumber email createdAt processedAt updatedAt test sourceName \
      cancelledAt cancelReason closedAt confirmed displayFinancialStatus displayFulfillmentStatus currencyCode \
      presentmentCurrencyCode paymentGatewayNames poNumber tags note phone edited fullyPaid unpaid customerLocale
      """,
      [
        "totalPriceSet": "MoneyBag", "currentTotalPriceSet": "MoneyBag", "subtotalPriceSet": "MoneyBag",
        "currentSubtotalPriceSet": "MoneyBag", "totalShippingPriceSet": "MoneyBag", "totalTaxSet": "MoneyBag",
        "currentShippingPriceSet": "MoneyBag", "totalDiscountsSet": "MoneyBag", "currentTotalTaxSet": "MoneyBag",
        "currentTotalDiscountsSet": "MoneyBag",
        "lineItems": "LineItemConnection", "transactions": "OrderTransaction", "metafield": "Metafield",
        "fulfillmentOrders": "FulfillmentOrderConnection", "shippingAddress": "MailingAddress",
        "billingAddress": "MailingAddress", "customer": "Customer",
      ]),
    "OrderConnection": [
      "nodes": "Order", "edges": "OrderEdge", "pageInfo": "PageInfo",
    ],
    "OrderEdge": type("cursor", ["node": "Order"]),
    "LineItemConnection": ["nodes": "LineItem", "edges": "LineItemEdge", "pageInfo": "PageInfo"],
    "LineItemEdge": type("cursor", ["node": "LineItem"]),
    "LineItem": type(
      """
      id sku name title quantity currentQuantity unfulfilledQuantity requiresShipping isGiftCard vendor \
      variantTitle taxable
      """,
      [
        "originalUnitPriceSet": "MoneyBag", "discountedUnitPriceSet": "MoneyBag", "originalTotalSet": "MoneyBag",
        "discountedTotalSet": "MoneyBag", "variant": "ProductVariant", "discountAllocations": "DiscountAllocation",
      ]),
    "ProductVariant": type("id sku title legacyResourceId"),
    "MoneyBag": ["shopMoney": "MoneyV2", "presentmentMoney": "MoneyV2"],
    "MoneyV2": type("amount currencyCode"),
    "OrderTransaction": type(
      "id kind status gateway authorizationExpiresAt processedAt createdAt test",
      ["amountSet": "MoneyBag", "parentTransaction": "OrderTransaction"]),
    "MailingAddress": type(
      "firstName lastName name company address1 address2 city zip province provinceCode country countryCodeV2 phone"),
    "DiscountAllocation": ["allocatedAmountSet": "MoneyBag"],
    "Customer": type(
      "id email firstName lastName displayName",
      ["defaultEmailAddress": "CustomerEmailAddress", "defaultPhoneNumber": "CustomerPhoneNumber"]),
    "CustomerEmailAddress": type("emailAddress"),
    "CustomerPhoneNumber": type("phoneNumber"),
    "FulfillmentOrderConnection": [
      "nodes": "FulfillmentOrder", "edges": "FulfillmentOrderEdge", "pageInfo": "PageInfo",
    ],
    "FulfillmentOrderEdge": type("cursor", ["node": "FulfillmentOrder"]),
    "FulfillmentOrder": type(
      "id status requestStatus createdAt updatedAt fulfillAt fulfillBy orderId orderName",
      [
        "fulfillmentHolds": "FulfillmentHold", "lineItems": "FulfillmentOrderLineItemConnection",
        "supportedActions": "FulfillmentOrderSupportedAction", "order": "Order",
        "assignedLocation": "FulfillmentOrderAssignedLocation",
      ]),
    "FulfillmentHold": type("id handle reason reasonNotes displayReason heldByRequestingApp", ["heldByApp": "App"]),
    "App": type("id title handle"),
    "FulfillmentOrderLineItemConnection": ["nodes": "FulfillmentOrderLineItem", "pageInfo": "PageInfo"],
    "FulfillmentOrderLineItem": type("id totalQuantity remainingQuantity sku", ["lineItem": "LineItem"]),
    "FulfillmentOrderSupportedAction": type("action"),
    "FulfillmentOrderAssignedLocation": type("name"),
    "PageInfo": type("hasNextPage hasPreviousPage startCursor endCursor"),
    "Count": type("count precision"),
    "Shop": type("id name myshopifyDomain currencyCode email"),
    "AppInstallation": type("id", ["accessScopes": "AccessScope"]),
    "AccessScope": type("handle"),
    "Metafield": type("id namespace key type value compareDigest createdAt updatedAt"),
    "WebhookSubscriptionConnection": [
      "nodes": "WebhookSubscription", "edges": "WebhookSubscriptionEdge", "pageInfo": "PageInfo",
    ],
    "WebhookSubscriptionEdge": type("cursor", ["node": "WebhookSubscription"]),
    "WebhookSubscription": type(
      """
      id legacyResourceId topic uri callbackUrl name format filter includeFields metafieldNamespaces createdAt updatedAt
      """,
      ["apiVersion": "ApiVersion"]),
    "ApiVersion": type("handle displayName supported"),
    "FulfillmentOrderHoldPayload": [
      "fulfillmentHold": "FulfillmentHold", "fulfillmentOrder": "FulfillmentOrder",
      "remainingFulfillmentOrder": "FulfillmentOrder", "userErrors": "FulfillmentOrderHoldUserError",
    ],
    "FulfillmentOrderReleaseHoldPayload": [
      "fulfillmentOrder": "FulfillmentOrder", "userErrors": "FulfillmentOrderReleaseHoldUserError",
    ],
    "TagsAddPayload": ["node": "Order", "userErrors": "UserError"],
    "TagsRemovePayload": ["node": "Order", "userErrors": "UserError"],
    "MetafieldsSetPayload": ["metafields": "Metafield", "userErrors": "MetafieldsSetUserError"],
    "OrderCancelPayload": [
      "job": "Job", "userErrors": "UserError", "orderCancelUserErrors": "OrderCancelUserError",
    ],
    "Job": type("id done"),
    "WebhookSubscriptionCreatePayload": [
      "webhookSubscription": "WebhookSubscription", "userErrors": "UserError",
    ],
    "WebhookSubscriptionDeletePayload": type("deletedWebhookSubscriptionId", ["userErrors": "UserError"]),
    "UserError": userError,
    "FulfillmentOrderHoldUserError": codedError,
    "FulfillmentOrderReleaseHoldUserError": codedError,
    "OrderCancelUserError": codedError,
    "MetafieldsSetUserError": type("field message code elementIndex"),
  ]

  /// Finds what a document selects that is not there.
  static func check(
    _ selections: [GraphQLDocument.Selection], on type: String, _ fragments: [String: [GraphQLDocument.Selection]],
    depth: Int = 0
  ) throws(GraphQLError) {
    guard depth < 48 else { throw GraphQLError(message: "Fragments nest too deep", code: "invalidFragment") }
    for selection in selections {
      switch selection {
      case .inline(let other, let nested):
        try check(nested, on: other.flatMap { types[$0] == nil ? nil : $0 } ?? type, fragments, depth: depth + 1)
      case .spread(let name):
        guard let nested = fragments[name] else {
          throw GraphQLError(message: "Fragment \(name) was used, but not defined", code: "useAndDefineFragment")
        }
        try check(nested, on: type, fragments, depth: depth + 1)
      case .field(let field) where field.name == "__typename": continue
      case .field(let field):
        guard let target = types[type]?[field.name] else {
          throw GraphQLError(
            message: "Field '\(field.name)' doesn't exist on type '\(type)'", code: "undefinedField",
            extra: [
              .init(key: "typeName", value: .string(type)), .init(key: "fieldName", value: .string(field.name)),
            ])
        }
        if target.isEmpty != field.selections.isEmpty {
          throw GraphQLError(
            message: "Selections can't be made on scalars or are missing on '\(field.name)'",
            code: "selectionMismatch")
        }
        try check(field.selections, on: target, fragments, depth: depth + 1)
      }
    }
  }
}
