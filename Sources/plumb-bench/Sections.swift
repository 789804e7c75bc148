import Foundation

/// A part of the benchmark that can be run by itself.
enum Section: String, CaseIterable {
    case observation, plan, parse, record, rollout, transitions, approvals, fleet, wide, heartbeats
    case binlog, online, cutovers

    /// The sections that `BENCH_ONLY` names, separated by commas; without it all but
    /// those that need a server with a binary log.
    static func chosen() throws -> [Section] {
        let names = ProcessInfo.processInfo.environment["BENCH_ONLY"] ?? ""
        let wanted = names.split(separator: ",").map(String.init)
        for name in wanted where Section(rawValue: name) == nil {
            let known = allCases.map(\.rawValue).joined(separator: ", ")
            throw BenchError("BENCH_ONLY: there is no section \(name), only \(known)")
        }
        return allCases.filter { section in
            wanted.isEmpty ? !section.needsLog : wanted.contains(section.rawValue)
        }
    }

    /// Whether the server has to have a binary log.
    private var needsLog: Bool {
        switch self {
        case .binlog, .online, .cutovers: true
        case .observation, .plan, .parse, .record, .rollout, .transitions, .approvals, .fleet,
            .wide, .heartbeats:
            false
        }
    }
}

/// Runs the chosen sections in order.
struct Sections {
    let fleet: BenchFleet
    /// The folder of the compiled C programs.
    let programs: String
    /// What the sections that were chosen are compared with: `skeema`, or
    /// `pt-online-schema-change`.
    let peer: String?

    func run(_ chosen: [Section]) throws {
        var board = Scoreboard()
        try fleet.prepare()
        if !chosen.contains(.observation),
            chosen.contains(where: { $0 == .plan || $0 == .approvals })
        {
            // These measure a fleet that the ledger knows already.
            _ = try Passes(fleet: fleet).reconcile(.same, mode: .exact)
        }
        for section in chosen {
            try run(section, &board)
            board.ended()
        }
        board.close()
    }

    private func run(_ section: Section, _ board: inout Scoreboard) throws {
        switch section {
        case .observation:
            let floor = FloorProgram(path: "\(programs)/floor", fleet: fleet)
            try ObservationBench(fleet: fleet, floor: floor).run(&board)
        case .plan:
            let skeema = peer.map { Skeema(path: $0, fleet: fleet) }
            try PlanBench(fleet: fleet, peer: skeema).run(&board)
        case .parse: try ParseBench(fleet: fleet).run(&board)
        case .record: try LedgerBench(folder: fleet.folder).run(&board)
        case .rollout: try RolloutBench(fleet: fleet, floor: "\(programs)/rollout").run(&board)
        case .transitions: try TransitionBench(folder: fleet.folder).run(&board)
        case .approvals: try ApprovalBench(fleet: fleet).run(&board)
        case .fleet: try FleetBench(fleet: fleet).run(&board)
        case .heartbeats: try HeartbeatBench(server: fleet.server).run(&board)
        case .binlog: try BinlogBench(server: fleet.server).run(&board)
        case .online:
            let subject = OnlineSubject(
                server: fleet.server, rows: try Setting.number("BENCH_ONLINE", 1_000) * 1_000)
            let peer = peer.map { OnlinePeer(path: $0, subject: subject, folder: fleet.folder) }
            try OnlineBench(subject: subject, peer: peer).run(&board)
        case .cutovers:
            let cutovers = try Setting.number("BENCH_CUTOVERS", 500)
            try CutoverBench(
                subject: OnlineSubject(server: fleet.server, rows: 0), cutovers: cutovers
            ).run(&board)
        case .wide: try WideBench(fleet: fleet, skeema: peer).run(&board)
        }
    }
}

/// A number from the environment, such as `BENCH_SECONDS`.
enum Setting {
    static func numbers(_ name: String, _ standard: [Int]) throws -> [Int] {
        guard let text = ProcessInfo.processInfo.environment[name] else { return standard }
        let values = text.split(separator: ",").map { Int($0) }
        guard !values.isEmpty, values.allSatisfy({ (1...10_000).contains($0 ?? 0) }) else {
            throw BenchError("\(name): give numbers from 1 to 10000, separated by commas")
        }
        return values.compactMap { $0 }
    }

    static func number(_ name: String, _ standard: Int) throws -> Int {
        try numbers(name, [standard]).first ?? standard
    }
}
