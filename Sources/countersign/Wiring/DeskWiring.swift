import Desk
import StoreSQLite

extension HTTPSettings {
  /// The desk as the configuration says.
  func desk(figures: @escaping @Sendable () -> [DeskFigure]) -> DeskSetting {
    var setting = DeskSetting(host: host, port: port, token: token)
    setting.allowedHosts = Set(allowedHosts)
    setting.isBehindTLS = isBehindTLS
    setting.figures = figures
    return setting
  }
}

extension SQLiteStore {
  /// What `/metrics` shows of the store: bodies over commits is how many transactions share a sync of the disk.
  var figures: [DeskFigure] {
    let (commits, bodies) = commitCounts
    return [
      DeskFigure("store_commits", "Commits, each synced to the disk.", value: commits, isCounter: true),
      DeskFigure("store_transactions", "Transactions those commits carried.", value: bodies, isCounter: true),
    ]
  }
}
