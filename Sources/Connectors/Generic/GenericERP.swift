public import Connector
public import HandoffCore

/// Any back office that puts the small HTTP face of the generic ERP contract in front of itself.
///
/// Class U: a second create under one `externalId` is answered 409, and the look-up by it is proof. Every answer the
/// contract does not name is `unknown`, and the handoff looks the order up before anything else. The contract is in
/// `docs/connectors/generic.md`.
public struct GenericERP: ERPConnector {
  /// Where the stock of a record is read.
  public enum InventorySource: String, Hashable, Sendable, CaseIterable {
    /// The order's `allocation` when it has one, else the availability levels: up to two requests.
    case automatic
    /// Only the order's `allocation`: one request, and `unknown` when the ERP gives none.
    case allocation
    /// Only the availability levels: one request.
    case levels
  }

  /// What the ERP is set up with.
  public struct Configuration: Sendable {
    /// The address in front of `/orders` and `/availability`.
    public var baseURL: String
    /// Bearer token; nil for none.
    public var token: String?
    /// Requests the ERP bears at once.
    public var concurrency = 16
    /// The longest one request may take.
    public var deadline: Duration = .seconds(30)
    /// Where the stock of a record is read.
    public var inventory: InventorySource = .automatic
    /// Whether `available` is already less the orders the ERP has taken. Then a line is short only when its level is
    /// negative; otherwise (the careful default) when it is below the quantity ordered.
    public var levelsCountOrder = false
    /// Carries the requests.
    public var transport: any HTTPTransport

    /// The least an ERP needs; set the rest afterwards.
    public init(baseURL: String, transport: any HTTPTransport) {
      self.baseURL = baseURL
      self.transport = transport
    }
  }

  let configuration: Configuration
  let ordersURL: String
  let availabilityURL: String
  let readHeaders: [HTTPField]
  let writeHeaders: [HTTPField]

  /// Class U, because the contract demands 409 for an `externalId` that exists.
  public var receiptClass: ReceiptClass { .unique }
  /// As configured; the contract sets no limit.
  public var concurrency: Int { configuration.concurrency }

  /// Takes a configuration.
  /// - Throws: ``GenericSetupFault`` for a bad address or a concurrency below 1.
  public init(_ configuration: Configuration) throws(GenericSetupFault) {
    guard let base = WebAddress.base(configuration.baseURL), !base.contains("?"), !base.contains("#") else {
      throw GenericSetupFault("url", "an http:// or https:// address without query is needed")
    }
    guard configuration.concurrency >= 1 else { throw GenericSetupFault("concurrency", "must be at least 1") }
    self.configuration = configuration
    ordersURL = base + "/orders"
    availabilityURL = base + "/availability"
    var headers = [HTTPField("Accept", "application/json")]
    if let token = configuration.token { headers.append(HTTPField("Authorization", "Bearer " + token)) }
    readHeaders = headers
    writeHeaders = headers + [HTTPField("Content-Type", "application/json")]
  }

  /// Creates the order: `POST {base}/orders`; a 409 is resolved by a look-up at once.
  public func submit(_ submission: Submission) async -> SubmissionOutcome {
    let answer: HTTPAnswer
    do throws(ExchangeFailure) {
      answer = try await exchange("POST", ordersURL, body: OrderBody.bytes(for: submission))
    } catch {
      return .outcome(of: error)
    }
    switch answer.status {
    case 200, 201, 202: return recorded(answer, submission, knownID: nil)
    case 409: return await adopt(submission, conflict: answer)
    case 404, 405: return .misconfigured(reason: "POST \(ordersURL) does not exist; " + Words.of(answer))
    default: return negative(answer)
    }
  }

  /// Brings a record to the submission's content: `PUT {base}/orders/{internalId}` with the body of a create.
  public func update(_ submission: Submission, receipt: Receipt) async -> SubmissionOutcome {
    let address = ordersURL + "/" + WebAddress.encode(receipt.recordID)
    let answer: HTTPAnswer
    do throws(ExchangeFailure) {
      answer = try await exchange(
        "PUT", address, body: OrderBody.bytes(for: submission),
        headers: [HTTPField("Countersign-Version", String(submission.version))])
    } catch {
      return .outcome(of: error)
    }
    switch answer.status {
    case 204: return .accepted(submission.receipt(recordID: receipt.recordID, recordNumber: receipt.recordNumber))
    case 200, 201, 202: return recorded(answer, submission, knownID: receipt.recordID)
    case 404, 410: return .unknown(reason: "The record to be changed was not found; " + Words.of(answer))
    case 405, 409, 412, 501: return .refused(reason: Words.of(answer))
    default: return negative(answer)
    }
  }

  /// The outcome of a 2xx answer: a definite receipt or nothing at all.
  private func recorded(_ answer: HTTPAnswer, _ submission: Submission, knownID: String?) -> SubmissionOutcome {
    let record: ERPRecord
    do throws(ERPRecord.Nonsense) {
      record = try ERPRecord(answer, for: submission, knownID: knownID)
    } catch {
      return .unknown(reason: "HTTP \(answer.status): \(error.reason)")
    }
    switch record.state {
    case .accepted where answer.status == 202 && !record.statesIt, .pending:
      return .recorded(recordID: record.id, state: record.stateText)
    case .accepted: return .accepted(record.receipt(for: submission))
    case .void: return .unknown(reason: "The answer to our own order says the record is \(record.stateText).")
    }
  }

  private func adopt(_ submission: Submission, conflict: HTTPAnswer) async -> SubmissionOutcome {
    switch await findReceipt(submission) {
    case .accepted(let receipt): return .accepted(receipt)
    case .recorded(let id, let state), .incomplete(let id, let state): return .recorded(recordID: id, state: state)
    case .differs(let id, let detail):
      return .unknown(reason: "Record \(id) exists under our external id and differs: \(detail)")
    case .void(let id, let reason): return .unknown(reason: "Record \(id) exists under our external id: \(reason)")
    case .notFound:
      return .unknown(reason: "The ERP says the external id exists, and finds nothing under it; " + Words.of(conflict))
    case .failed(let reason), .misconfigured(let reason):
      return .unknown(reason: "The external id exists; the look-up failed: \(reason)")
    }
  }

  /// The answers that mean the same for a create and a change.
  private func negative(_ answer: HTTPAnswer) -> SubmissionOutcome {
    switch answer.status {
    case 400, 413, 422: .refused(reason: Words.of(answer))
    case 401, 403, 406, 415: .misconfigured(reason: Words.of(answer))
    case 429, 503: .busy(reason: Words.of(answer))
    default: .unknown(reason: Words.of(answer))
    }
  }

  func exchange(
    _ method: String, _ address: String, body: [UInt8] = [], headers: [HTTPField] = []
  ) async throws(ExchangeFailure) -> HTTPAnswer {
    try await configuration.transport.send(
      HTTPCall(
        method, address, headers: (body.isEmpty ? readHeaders : writeHeaders) + headers, body: body,
        deadline: configuration.deadline))
  }
}

extension SubmissionOutcome {
  static func outcome(of failure: ExchangeFailure) -> SubmissionOutcome {
    switch failure {
    case .notSent: .busy(reason: failure.reason)
    case .noAnswer: .unknown(reason: failure.reason)
    }
  }
}
