import Connector

/// What the API says of itself (OpenAPI 3.1.0). Written by hand; tests hold it to the routes and to real answers.
public enum OpenAPI {
  /// The document, as served under `/openapi.json`.
  public static var document: String {
    """
    {"openapi":"3.1.0",
    "info":{"title":"Countersign","version":"1","license":{"name":"Apache-2.0","identifier":"Apache-2.0"},
    "description":"\(description)"},
    "paths":{\(reception),\(orders),\(exceptions),\(unreadable),\(stock),\(health)},
    "components":{"securitySchemes":{"token":{"type":"http","scheme":"bearer",
    "description":"Needed where a token is configured, which every desk off loopback has."}},
    "responses":{\(responses)},
    "schemas":{\(schemas)}}}
    """
  }

  private static let description =
    "Order handoff coordinator: no customer is told 'confirmed' before the ERP has countersigned. "
    + "Errors are problem documents (RFC 9457); each type is explained under /problems/{kind}."

  private static let reception = """
    "/webhooks/{storefront}":{"parameters":[\(path("storefront"))],
    "post":{"operationId":"receiveWebhook","summary":"Takes a storefront's webhook",
    "description":"Verified over the raw bytes. 200 only after the delivery is durable; a repetition gets the same \
    answer. A delivery that is authentic and not understood is kept with an owner and answered with 200.",
    "requestBody":{"required":true,"content":{"application/json":{}}},
    "responses":{"200":{"description":"Durable","content":{"application/json":{"schema":
    {"$ref":"#/components/schemas/WebhookAnswer"}}}},\(fails("400", "401", "404", "408", "413", "415", "503"))}}},
    "/v1/storefronts/{storefront}/orders":{"parameters":[\(path("storefront"))],
    "post":{"operationId":"placeOrder","summary":"Takes an order of the generic storefront",
    "description":"Standard Webhooks signature, canonical order JSON. 202: durable, the customer's word is open; \
    never 201, because the order is the storefront's own resource. With Prefer: wait=N (RFC 7240, at most 60) the \
    answer is held until the word is decided and is then 200: confirmed true, or a stage that says why not. It is \
    202 at once when an exception is open that only a person can settle; `exception` names its kind. \
    422: durable, owned by a person, and not understood.",
    "parameters":[{"name":"Prefer","in":"header","schema":{"type":"string"},"example":"wait=10"}],
    "requestBody":{"required":true,"content":{"application/json":{}}},
    "responses":{"200":{"description":"Decided within the wait","content":{"application/json":{"schema":
    {"$ref":"#/components/schemas/OrderAnswer"}}}},"202":{"description":"Durable","content":{"application/json":
    {"schema":{"$ref":"#/components/schemas/OrderAnswer"}}}},
    \(fails("400", "401", "404", "408", "413", "415", "422", "503"))}}}
    """

  private static let orders = """
    "/v1/orders":{"get":{"operationId":"listOrders","summary":"Orders, newest first","security":[{"token":[]}],
    "parameters":[\(query("text")),\(query("stage")),\(query("storefront")),\(query("limit")),\(query("after"))],
    "responses":{\(ok("OrderList")),\(fails("400", "401"))}}},
    "/v1/orders/{id}":{"parameters":[\(path("id"))],
    "get":{"operationId":"showOrder","summary":"One order across all systems","security":[{"token":[]}],
    "description":"By handoff id, storefront order id, number, e-mail, external id or ERP record id. Personal data \
    is masked and message bodies are left out unless content=1.",
    "parameters":[\(query("content")),\(query("storefront"))],
    "responses":{\(ok("Order")),"300":{"description":"Several orders fit","content":{"application/json":{"schema":
    {"$ref":"#/components/schemas/Matches"}}}},\(fails("401", "404"))}}},
    "/v1/orders/{id}/erase":{"parameters":[\(path("id"))],
    "post":{"operationId":"eraseOrder","summary":"Erase the personal data of an order","security":[{"token":[]}],
    "description":"By handoff id, and only after the order has come to its end without an open exception. It cannot be \
    taken back.","requestBody":{"required":true,"content":{"application/json":{"schema":
    {"$ref":"#/components/schemas/Decision"}}}},
    "responses":{\(ok("OrderSummary")),\(fails("400", "401", "404", "409"))}}}
    """

  private static let exceptions = """
    "/v1/exceptions":{"get":{"operationId":"listExceptions","summary":"What waits for a person",
    "description":"Open ones, the nearest deadline first; with all=1 closed ones after them, newest first. `total` \
    counts all of them, `limit` or not.",
    "security":[{"token":[]}],
    "parameters":[\(query("owner")),\(query("all")),\(query("limit")),\(query("after"))],
    "responses":{\(ok("ExceptionList")),\(fails("400", "401"))}}},
    \(decision("retry", "Goes on where it stopped", "Decision", "OrderSummary")),
    \(decision("resolve", "Decides", "Resolution", "OrderSummary")),
    \(decision("assign", "Gives it to another owner", "Assignment", "Exception"))
    """

  private static let unreadable = """
    "/v1/unreadable":{"get":{"operationId":"listUnreadable","summary":"Deliveries that could not be understood",
    "security":[{"token":[]}],
    "parameters":[\(query("owner")),\(query("all")),\(query("limit")),\(query("content"))],
    "responses":{\(ok("UnreadableList")),\(fails("400", "401"))}}},
    "/v1/unreadable/{id}":{"parameters":[\(path("id"))],
    "get":{"operationId":"showUnreadable","summary":"One of them with its headers and its body",
    "security":[{"token":[]}],"responses":{\(ok("UnreadableDelivery")),\(fails("401", "404"))}}},
    \(onUnreadable("replay", "Reads it again, after its cause was mended", "Decision", "Replay")),
    \(onUnreadable("close", "Closes it: nothing is owed for it", "Closing", "Unreadable"))
    """

  private static let stock = """
    "/v1/availability":{"get":{"operationId":"availability","summary":"Units in flight, and what the ERPs can sell",
    "description":"Units of confirmed orders and of those handed back stay counted, as nothing tells when the ERP's \
    own figure knows them: net is the least that can be sold, not the most likely.",
    "security":[{"token":[]}],"parameters":[\(query("skus"))],
    "responses":{\(ok("Availability")),\(fails("400", "401"))}}},
    "/v1/demand":{"get":{"operationId":"demand","summary":"Units of open orders by stock keeping unit",
    "security":[{"token":[]}],"responses":{\(ok("Demand")),\(fails("401"))}}},
    "/v1/stream":{"get":{"operationId":"stream","summary":"Every transition as it happens","security":[{"token":[]}],
    "responses":{"200":{"description":"Events named transition","content":{"text/event-stream":{"schema":
    {"$ref":"#/components/schemas/Transition"}}}},\(fails("401", "429"))}}}
    """

  private static let health = """
    "/healthz":{"get":{"operationId":"alive","summary":"The process answers","responses":{\(ok("Status"))}}},
    "/readyz":{"get":{"operationId":"ready","summary":"The store can be read and written",
    "responses":{\(ok("Status")),\(fails("503"))}}},
    "/metrics":{"get":{"operationId":"metrics","summary":"Figures in the Prometheus text format",
    "security":[{"token":[]}],"responses":{"200":{"description":"Figures","content":{"text/plain":{}}},
    \(fails("401"))}}},
    "/openapi.json":{"get":{"operationId":"description","summary":"This document",
    "responses":{"200":{"description":"OpenAPI 3.1","content":{"application/json":{}}}}}},
    "/problems/{kind}":{"parameters":[\(path("kind"))],"get":{"operationId":"problem",
    "summary":"What a kind of problem means","responses":{\(ok("ProblemKind")),\(fails("404"))}}}
    """

  private static func path(_ name: String) -> String {
    #"{"name":"\#(name)","in":"path","required":true,"schema":{"type":"string"}}"#
  }

  private static func query(_ name: String) -> String {
    let text =
      switch name {
      case "text": "Number, id, e-mail or record id, exactly"
      case "limit": "From 1 to 500; 50 unless given"
      case "after": "The `next` of the page before; the last page has none"
      case "content": "1 shows personal data and bodies"
      case "all": "1 shows closed ones too"
      case "skus": "At most 100, separated by commas; the ERPs are asked about them"
      default: "Only those of this \(name)"
      }
    return #"{"name":"\#(name)","in":"query","schema":{"type":"string"},"description":"\#(text)"}"#
  }

  private static func ok(_ schema: String) -> String {
    ##""200":{"description":"Done","content":{"application/json":{"schema":"##
      + ##"{"$ref":"#/components/schemas/\##(schema)"}}}}"##
  }

  private static func fails(_ statuses: String...) -> String {
    statuses.map { ##""\##($0)":{"$ref":"#/components/responses/P\##($0)"}"## }.joined(separator: ",")
  }

  private static func onUnreadable(_ name: String, _ summary: String, _ body: String, _ answer: String) -> String {
    """
    "/v1/unreadable/{id}/\(name)":{"parameters":[\(path("id"))],
    "post":{"operationId":"\(name)Unreadable","summary":"\(summary)","security":[{"token":[]}],
    "requestBody":{"required":true,"content":{"application/json":{"schema":
    {"$ref":"#/components/schemas/\(body)"}}}},
    "responses":{\(ok(answer)),\(fails("400", "401", "404", "409", "415", "503"))}}}
    """
  }

  private static func decision(_ name: String, _ summary: String, _ body: String, _ answer: String) -> String {
    """
    "/v1/exceptions/{id}/\(name)":{"parameters":[\(path("id"))],
    "post":{"operationId":"\(name)Exception","summary":"\(summary)","security":[{"token":[]}],
    "requestBody":{"required":true,"content":{"application/json":{"schema":
    {"$ref":"#/components/schemas/\(body)"}}}},
    "responses":{\(ok(answer)),\(fails("400", "401", "404", "409", "415"))}}}
    """
  }

  private static var responses: String {
    let statuses = Set(Problem.Kind.allCases.map(\.status)).sorted()
    return statuses.map { status in
      let titles = Problem.Kind.allCases.filter { $0.status == status }.map(\.title).joined(separator: "; ")
      return #""P\#(status)":{"description":"\#(titles)","content":{"application/problem+json":"#
        + ##"{"schema":{"$ref":"#/components/schemas/Problem"}}}}"##
    }.joined(separator: ",")
  }
}
