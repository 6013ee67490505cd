import Connector
import Coordinator
import HandoffCore
import HandoffStore
import Logging

/// What every route works with, and the list of all of them.
struct FrontOffice: Sendable {
  let setting: DeskSetting
  let coordinator: Coordinator
  let clock: any WallClock
  let door: Door
  let logger: Logger
  let pace: Pace

  init(setting: DeskSetting, coordinator: Coordinator, clock: any WallClock, door: Door, logger: Logger) {
    self.setting = setting
    self.coordinator = coordinator
    self.clock = clock
    self.door = door
    self.logger = logger
    pace = Pace(coordinator: coordinator, clock: clock)
  }

  /// Every route; the order matters only between paths that match alike.
  var routes: [DeskRoute] {
    receptionRoutes + orderRoutes + exceptionRoutes + unreadableRoutes + stockRoutes + streamRoutes + metricsRoutes
      + healthRoutes + consoleRoutes
  }
}
