import Basics
import Foundation
import Ledger
import Model
import Reconciler
import Schema

/// The people of a world, and the other processes that they start.
struct People {
    let world: World

    init(_ world: World) { self.world = world }

    private var requests: PeopleRequests { PeopleRequests(world: world) }

    /// Does one thing, whatever comes to mind.
    func act() {
        switch world.number(0...31) {
        case 0, 1: commit()
        case 2: changeByHand()
        case 3, 4: decide(.approve)
        case 5: if world.chance(300) { decide(.deny) }
        case 6, 7: requests.stop()
        case 8, 9, 10: requests.start()
        case 11: setClock()
        case 12: takeLock()
        case 13: unplug()
        case 14: world.locked { world.isDiskFull = !world.isDiskFull && world.chance(300) }
        case 15: use()
        case 16: sicken()
        case 17, 18: requests.suspend()
        case 19: requests.resume()
        case 20, 21: requests.release()
        case 22, 23: requests.cutOver()
        case 24: requests.throttle()
        case 25, 28: requests.damage()
        case 26: requests.unlock()
        case 27: if world.chance(500) { requests.rollBack() }
        case 30: requests.endRollback()
        case 29: requests.retryFinalizers()
        default: runAnother()
        }
    }

    /// Changes the schema repository: other columns, another table, one table less, or all of it as
    /// it was.
    func commit() {
        var tables = world.head.tables
        let table = world.number(0...world.conditions.tableCount - 1)
        switch world.number(0...9) {
        case 0 where tables.count > 1: tables[table] = nil
        case 1: tables = world.any(world.revisions).tables
        // Back and forth: the same change comes again.
        case 2, 3: tables = world.revisions.suffix(2).first?.tables ?? tables
        default:
            let column = UInt8(1) << world.number(0...Shape.columnCount - 1)
            tables[table] = (tables[table] ?? 0) ^ column
            if world.chance(500) {
                tables[table, default: 0] ^= UInt8(1) << world.number(0...Shape.columnCount - 1)
            }
        }
        world.commit(tables)
    }

    /// Every other time goes back to the revision before the last one; else approves what waits.
    func swing(_ round: Int) {
        if world.revisions.count < 2 {
            commit()
        } else if round % 2 == 0 {
            world.commit(world.revisions.suffix(2).first?.tables ?? [:])
        } else {
            decide(.approve)
        }
    }

    /// Somebody with a client changes, makes or drops a table of a shard that no statement is at.
    private func changeByHand() {
        let id = world.any(world.shards.keys.sorted())
        let table = world.number(0...world.conditions.tableCount - 1)
        let column = UInt8(1) << world.number(0...Shape.columnCount - 1)
        let isDrop = world.chance(100)
        world.locked {
            guard let shard = world.shards[id], shard.leftBehind == nil else { return }
            let live = shard.tables[table]
            world.shards[id]?.tables[table] = isDrop ? nil : (live ?? 0) ^ column
            let key = OperationKey(shard: id, object: ObjectName(.table, Shape.name(table)))
            world.touched.insert(key)
            world.auditor.forget(key)
        }
        world.note("\(id): t\(table) changed by hand")
    }

    /// Approves, or denies, what these digests name, or whatever waits.
    func decide(_ decision: ApprovalRecord.Decision, _ digests: [String] = []) {
        let process = SimulatedProcess(world, isQuiet: true)
        guard let session = try? process.session(process.request(), process.hooks()),
            let recorded = try? DecisionRecorder(session: session).record(
                .init(
                    decision: decision, digests: digests,
                    approver: LedgerActor(name: "bob", email: "bob@example.com"),
                    reason: "said so", holdsSeconds: Int64(world.any([60, 3_600, 86_400, 86_400]))))
        else { return }
        world.locked {
            for step in recorded {
                switch decision {
                case .approve: world.auditor.approvals[step.record.digest, default: 0] += 1
                case .deny: world.auditor.denials.insert(step.record.digest)
                }
            }
        }
        world.note("\(decision) of \(recorded.count) steps")
    }

    /// Somebody has a long transaction open on tables of a shard.
    private func use() {
        let id = world.any(world.shards.keys.sorted())
        let until = world.secondsNow + Int64(world.any([10, 60, 600]))
        world.locked { world.shards[id]?.busyUntil = until }
        world.note("\(id): its tables are in use")
    }

    /// A shard that was well is not any more, or the other way round.
    private func sicken() {
        let id = world.any(world.shards.keys.sorted())
        world.locked { world.shards[id]?.isUnwell.toggle() }
        world.note("\(id): well, or unwell")
    }

    private func setClock() {
        world.pass(seconds: Int64(world.any([-120, -5, 30, 600, 3_600, 8 * 3_600])))
        world.note("the clock was set")
    }

    private func takeLock() {
        let id = world.any(world.shards.keys.sorted())
        let until = world.secondsNow + Int64(world.number(1...120))
        world.locked { world.shards[id]?.takenUntil = until }
        world.note("\(id): its lock is taken")
    }

    private func unplug() {
        let id = world.any(world.shards.keys.sorted())
        let until = world.secondsNow + Int64(world.number(1...300))
        world.locked { world.shards[id]?.downUntil = until }
        world.note("\(id): down")
    }

    /// Another process tries to reconcile meanwhile: it finds the lease taken, and changes nothing.
    private func runAnother() {
        guard world.depth > 0 else { return }
        let tip = world.auditor.tip
        let isTaken = world.locked { !world.reconciling.isEmpty }
        let process = SimulatedProcess(world, isQuiet: true)
        let result = process.reconcile()
        guard world.auditor.tip != tip, isTaken else { return }
        let end = result.map(\.exitStatus)
        world.fail("a second process wrote while another one was in a pass: \(end)")
    }
}
