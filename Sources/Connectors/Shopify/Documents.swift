/// The GraphQL documents of this connector, each checked by a test against the published 2026-04 and 2026-07 schemas.
///
/// `heldByApp` is never selected: without the scope `read_apps` it answers with an error although the hold was made.
enum Documents {
  /// What an ``HandoffCore/Order`` is read from; the same members a webhook carries, under other names.
  private static let orderFields = """
    fragment Bag on MoneyBag { shopMoney { amount currencyCode } }
    fragment Postal on MailingAddress {
      firstName lastName name company address1 address2 city province provinceCode zip countryCodeV2 phone
    }
    fragment Line on LineItem {
      id sku name quantity currentQuantity isGiftCard requiresShipping
      originalUnitPriceSet { ...Bag }
      discountAllocations { allocatedAmountSet { ...Bag } }
    }
    fragment OrderFields on Order {
      id legacyResourceId name createdAt processedAt updatedAt cancelledAt test email phone note sourceName
      customerLocale currencyCode displayFinancialStatus
      currentTotalPriceSet { ...Bag }
      currentTotalTaxSet { ...Bag }
      currentTotalDiscountsSet { ...Bag }
      currentShippingPriceSet { ...Bag }
      customer {
        firstName lastName
        defaultEmailAddress { emailAddress }
        defaultPhoneNumber { phoneNumber }
      }
      billingAddress { ...Postal }
      shippingAddress { ...Postal }
      lineItems(first: 100) { nodes { ...Line } pageInfo { hasNextPage endCursor } }
    }
    """

  /// One page of orders by the time of their last change, oldest first.
  static let changedOrders =
    """
    query ChangedOrders($first: Int!, $after: String, $query: String!) {
      orders(first: $first, after: $after, sortKey: UPDATED_AT, query: $query) {
        nodes { ...OrderFields }
        pageInfo { hasNextPage endCursor }
      }
    }

    """ + orderFields

  /// One order by its global id.
  static let oneOrder =
    """
    query OneOrder($id: ID!) { order(id: $id) { ...OrderFields } }

    """ + orderFields

  /// The lines of an order beyond the first hundred.
  static let moreLines = """
    query MoreLines($id: ID!, $after: String!) {
      order(id: $id) {
        id updatedAt
        lineItems(first: 100, after: $after) { nodes { ...Line } pageInfo { hasNextPage endCursor } }
      }
    }
    fragment Bag on MoneyBag { shopMoney { amount currencyCode } }
    fragment Line on LineItem {
      id sku name quantity currentQuantity isGiftCard requiresShipping
      originalUnitPriceSet { ...Bag }
      discountAllocations { allocatedAmountSet { ...Bag } }
    }
    """

  /// The fulfilment orders of an order, with whatever holds them.
  static let fulfillmentOrders = """
    query FulfillmentOrders($id: ID!, $after: String) {
      order(id: $id) {
        id cancelledAt displayFulfillmentStatus
        fulfillmentOrders(first: 25, after: $after) {
          nodes { id status requestStatus fulfillmentHolds { id handle heldByRequestingApp } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
    """

  /// Holds one fulfilment order.
  static let hold = """
    mutation Hold($id: ID!, $hold: FulfillmentOrderHoldInput!) {
      fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) {
        fulfillmentHold { id handle heldByRequestingApp }
        fulfillmentOrder { id status }
        userErrors { field message code }
      }
    }
    """

  /// Ends named holds of one fulfilment order; without `holdIds` it would end everybody's.
  static let release = """
    mutation Release($id: ID!, $holds: [ID!]!) {
      fulfillmentOrderReleaseHold(id: $id, holdIds: $holds) {
        fulfillmentOrder { id status fulfillmentHolds { id handle heldByRequestingApp } }
        userErrors { field message code }
      }
    }
    """

  /// Adds a tag and sets metafields; both may be repeated.
  static let mark = """
    mutation Mark($id: ID!, $tags: [String!]!, $fields: [MetafieldsSetInput!]!) {
      tagsAdd(id: $id, tags: $tags) { node { id } userErrors { field message } }
      metafieldsSet(metafields: $fields) { metafields { key } userErrors { field message code } }
    }
    """

  /// What `doctor` asks: whose token this is and what it may do.
  static let probe = """
    query Probe {
      shop { name myshopifyDomain currencyCode }
      currentAppInstallation { accessScopes { handle } }
    }
    """

  /// The webhook subscriptions made through the Admin API by this app.
  static let subscriptions = """
    query Subscriptions($after: String) {
      webhookSubscriptions(first: 100, after: $after) {
        nodes { id topic uri format filter includeFields apiVersion { handle } }
        pageInfo { hasNextPage endCursor }
      }
    }
    """

  /// Subscribes to one topic.
  static let subscribe = """
    mutation Subscribe($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
      webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {
        webhookSubscription { id topic uri }
        userErrors { field message }
      }
    }
    """

  /// Every document, for the test against the schema.
  static let all = [
    changedOrders, oneOrder, moreLines, fulfillmentOrders, hold, release, mark, probe, subscriptions, subscribe,
  ]
}
