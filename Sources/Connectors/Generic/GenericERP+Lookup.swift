public import Connector
import HandoffCore

extension GenericERP {
  /// Looks the order up: `GET {base}/orders?externalId=…`, 200 with the record or 404.
  ///
  /// In class U "not found" is proof only together with the refusal of a second create, so a wrong 404 does no harm:
  /// the create that follows is answered 409.
  public func findReceipt(_ submission: Submission) async -> LookupOutcome {
    switch await look(for: submission) {
    case .failed(let outcome): return outcome
    case .found(let record):
      if let known = submission.recordID, known != record.id {
        return .differs(recordID: record.id, detail: "our external id now belongs to another record than \(known)")
      }
      if case .void = record.state {
        let why = record.json["reason"]?.string.map { ": " + Words.cut($0) } ?? ""
        return .void(recordID: record.id, reason: "The record is \(record.stateText)" + why)
      }
      if let difference = record.difference(from: submission) {
        return .differs(recordID: record.id, detail: difference)
      }
      if case .pending = record.state { return .recorded(recordID: record.id, state: record.stateText) }
      return .accepted(record.receipt(for: submission))
    }
  }

  /// One look; its failure is the outcome to report.
  func look(for submission: Submission) async -> Look {
    let answer: HTTPAnswer
    do throws(ExchangeFailure) {
      answer = try await exchange(
        "GET", ordersURL + "?externalId=" + WebAddress.encode(submission.externalID.text))
    } catch {
      return .failed(.failed(reason: error.reason))
    }
    switch answer.status {
    case 200:
      do throws(ERPRecord.Nonsense) {
        return .found(try ERPRecord(answer, for: submission, knownID: nil))
      } catch {
        return .failed(.failed(reason: "HTTP 200: \(error.reason)"))
      }
    case 404:
      // A page of a web server is not the contract's "no such order".
      if let type = answer.headers["Content-Type"], type.lowercased().contains("html") {
        return .failed(.failed(reason: "A web page instead of an answer; is baseURL right? " + Words.of(answer)))
      }
      return .failed(.notFound)
    case 401, 403, 405, 501: return .failed(.misconfigured(reason: Words.of(answer)))
    default: return .failed(.failed(reason: Words.of(answer)))
    }
  }

  /// Cancels a record: `POST {base}/orders/{internalId}/cancel`, repeatable by contract.
  ///
  /// Where the answer leaves it open whether the record still lives (404, 409), a look-up decides.
  public func cancel(_ submission: Submission, recordID: String) async -> CancellationOutcome {
    let address = ordersURL + "/" + WebAddress.encode(recordID) + "/cancel"
    let body: JSONValue = ["externalId": .string(submission.externalID.text)]
    let answer: HTTPAnswer
    do throws(ExchangeFailure) { answer = try await exchange("POST", address, body: body.bytes) } catch {
      return .deferred(reason: error.reason)
    }
    switch answer.status {
    case 200, 204: return cancelled(answer)
    case 404, 405, 409, 410, 501: return await afterLook(submission, answer)
    case 400, 413, 422: return .refused(reason: Words.of(answer))
    case 401, 403, 406, 415: return .misconfigured(reason: Words.of(answer))
    default: return .deferred(reason: Words.of(answer))
    }
  }

  private func cancelled(_ answer: HTTPAnswer) -> CancellationOutcome {
    if answer.body.isEmpty { return .cancelled }
    guard let json = answer.json, json.isObject, json["error"] == nil, json["errors"] == nil else {
      return .deferred(reason: "The answer is not in the contract: " + Words.of(answer))
    }
    switch json["status"]?.string {
    case nil, "cancelled"?, "canceled"?, "void"?, "voided"?: return .cancelled
    case .some(let status): return .deferred(reason: "The record is \(Words.cut(status)) after its cancellation.")
    }
  }

  private func afterLook(_ submission: Submission, _ answer: HTTPAnswer) async -> CancellationOutcome {
    switch await look(for: submission) {
    case .found(let record):
      if case .void = record.state { return .cancelled }
      return .refused(reason: Words.of(answer))
    case .failed(.notFound): return .cancelled
    case .failed(.misconfigured(let reason)): return .misconfigured(reason: reason)
    case .failed(let outcome):
      return .deferred(reason: "\(Words.of(answer)); the look-up gave no answer either: \(outcome.words)")
    }
  }

  /// Tries a look-up of an order that cannot exist, and the availability of nothing.
  public func probe() async -> [ProbeFinding] {
    var findings: [ProbeFinding] = []
    do throws(ExchangeFailure) {
      let answer = try await exchange("GET", ordersURL + "?externalId=countersign-probe-0")
      let isPage = answer.headers["Content-Type"]?.lowercased().contains("html") == true
      findings.append(
        ProbeFinding(
          "GET /orders?externalId=", isHealthy: answer.status == 404 && !isPage,
          finding: answer.status == 404 && !isPage
            ? "answers, and knows no order of ours" : "404 without a page is expected; " + Words.of(answer)))
    } catch {
      findings.append(ProbeFinding("GET /orders?externalId=", isHealthy: false, finding: error.reason))
    }
    switch await availability(of: ["countersign-probe-0"]) {
    case .levels: findings.append(ProbeFinding("GET /availability", isHealthy: true, finding: "answers"))
    case .failed(let reason), .misconfigured(let reason):
      findings.append(ProbeFinding("GET /availability", isHealthy: false, finding: reason))
    }
    return findings
  }
}

/// What one look at the ERP's record gave.
enum Look {
  case found(ERPRecord)
  case failed(LookupOutcome)
}

extension LookupOutcome {
  /// The outcome of a failed look in words.
  var words: String {
    switch self {
    case .failed(let reason), .misconfigured(let reason): reason
    case .notFound: "nothing under our external id"
    default: "a record"
    }
  }
}
