import Ledger
import Model
import Signatures

/// Runs finalizers, where the operator's file allows them.
struct FinalizerRunner {
    let commands: CommandRunner
    let calls: FinalizerCallRunner

    /// How many characters of what it wrote are recorded.
    static let recorded = 2_000

    /// A run that has not begun.
    struct Prepared {
        /// The process that is there for as long as it lasts; nil where there is none.
        let process: ProcessRecord?
        let run: () -> (attempt: FinalizerMachine.Attempt, output: String)
    }

    func prepared(
        _ record: FinalizerRecord, _ document: FinalizerDocument
    ) throws(LedgerError) -> Prepared {
        if let call = record.call {
            return Prepared(process: nil) { [calls] in (calls.run(call, of: record), "") }
        }
        let input = try CanonicalJSON.encode(document)
        return
            switch commands.prepared(
                record.command, input, limitSeconds: record.limitSeconds)
        {
        case .refused(let reason): Prepared(process: nil) { (.lost(reason), "") }
        case .ready(let program):
            Prepared(process: ProcessLook.record(of: program.watcher)) {
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
