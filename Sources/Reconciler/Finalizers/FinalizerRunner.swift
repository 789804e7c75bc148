import Ledger
import Model
import Signatures

/// What carries finalizers out: programs and procedures of servers, or what stands in for them.
package protocol FinalizerPort: Sendable {
    /// Makes a run ready, which begins only once it is recorded that it does.
    func prepared(
        _ record: FinalizerRecord, _ document: FinalizerDocument
    ) throws(LedgerError) -> FinalizerRun

    /// Whether the process of an earlier run is still there.
    func presence(of process: ProcessRecord) -> ProcessRecord.Presence
}

/// A run of a finalizer that has not begun.
package struct FinalizerRun {
    /// The process that is there for as long as it lasts; nil where there is none.
    let process: ProcessRecord?
    let run: () -> (attempt: FinalizerMachine.Attempt, output: String)

    package init(
        process: ProcessRecord?,
        run: @escaping () -> (attempt: FinalizerMachine.Attempt, output: String)
    ) {
        self.process = process
        self.run = run
    }
}

/// Runs finalizers, where the operator's file allows them.
struct FinalizerRunner: FinalizerPort {
    let commands: CommandRunner
    let calls: FinalizerCallRunner

    /// How many characters of what it wrote are recorded.
    static let recorded = 2_000

    func presence(of process: ProcessRecord) -> ProcessRecord.Presence {
        ProcessLook.presence(of: process)
    }

    func prepared(
        _ record: FinalizerRecord, _ document: FinalizerDocument
    ) throws(LedgerError) -> FinalizerRun {
        if let call = record.call {
            return FinalizerRun(process: nil) { [calls] in (calls.run(call, of: record), "") }
        }
        let input = try CanonicalJSON.encode(document)
        return
            switch commands.prepared(
                record.command, input, limitSeconds: record.limitSeconds)
        {
        case .refused(let reason): FinalizerRun(process: nil) { (.lost(reason), "") }
        case .ready(let program):
            FinalizerRun(process: ProcessLook.record(of: program.watcher)) {
                switch program.run() {
                case .exited(let status, let output, let complaint):
                    (
                        .exited(status, complaint: complaint),
                        String(output.prefix(Self.recorded))
                    )
                case .failed(let reason): (.lost(reason), "")
                case .unknown(let reason): (.unknown(reason), "")
                }
            }
        }
    }
}
