import Basics
import Ledger
import Model
import Signatures

/// Runs the program of a finalizer, where the operator allows it.
///
/// It gets the document on standard input and no variable but `PATH`; no shell reads the command.
struct FinalizerRunner {
    /// Whether the operator's file allows the program; nothing is allowed without one.
    let isAllowed: (_ program: String) -> Bool

    /// The most bytes that it may write, and the most characters of them that are recorded.
    static let mostBytes = 1 << 20
    static let recorded = 2_000

    func run(
        _ record: FinalizerRecord, _ document: FinalizerDocument
    ) -> (attempt: FinalizerMachine.Attempt, output: String) {
        guard let program = record.command.first else { return (.lost("it has no program"), "") }
        guard isAllowed(program) else { return (.lost(Self.refusal(program)), "") }
        do {
            let ended = try Program.run(
                program, Array(record.command.dropFirst()),
                input: CanonicalJSON.encode(document), environment: [:],
                limitSeconds: Double(record.limitSeconds), mostBytes: Self.mostBytes)
            return (
                .exited(ended.status, complaint: ended.complaint),
                String(ended.output.prefix(Self.recorded))
            )
        } catch let error as SignatureError {
            return (.lost(error.fault), "")
        } catch {
            return (.lost("\(error)"), "")
        }
    }

    static func refusal(_ program: String) -> String {
        "the operator's file does not allow `\(program)`: add it to `finalizers` there"
    }
}
