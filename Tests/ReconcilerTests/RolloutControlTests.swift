import Execution
import Foundation
import Model
import Schema
import TestSupport
import Testing

@testable import Reconciler

@Suite("What the workers of a rollout share")
struct RolloutControlTests {
    /// Every worker asks for each operation, for as long as a pass is the newest: that must not
    /// cost more each time.
    @Test func askingIsOfConstantCostHoweverOftenItIsDone() async {
        await #expect(processExitsWith: .success) {
            ChildProcess.run {
                let control = RolloutControl(rule: FailureRule(.halt), interrupt: Interrupt())
                let key = OperationKey(
                    shard: ShardID(namespace: "app", shard: "s0"), object: ObjectName(.table, "t"))
                let shard = key.shardID
                control.heed { $0 == key ? "held" : nil }
                let left = Lock(0)
                control.watch { _ in left.withLock { $0 += 1 } }
                control.watchHolds { left.withLock { $0 += 1 } }
                let done = DispatchSemaphore(value: 0)
                let thread = Thread {
                    for _ in 0..<50_000 {
                        guard control.hold(of: key) == "held", control.enter(shard) else { exit(1) }
                        control.leave(shard)
                    }
                    done.signal()
                }
                // As much as a worker has.
                thread.stackSize = 1 << 20
                thread.start()
                done.wait()
                try #require(left.withLock { $0 } == 50_000)
            }
        }
    }
}
