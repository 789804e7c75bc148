import Ledger
import Model
import Reconciler
import Service
import Testing

@Suite("What keeps a command from its work, as an exit status")
struct FailureStatusTests {
    @Test("the ledger of another process blocks, whether it is read, written or settled")
    func ledger() {
        #expect(Failure(LedgerError(.locked, "held")).status == .blocked)
        #expect(Failure(LedgerError(.io, "the disk is full")).status == .error)
        #expect(Failure(JournalFailure("held", isLocked: true)).status == .blocked)
        #expect(Failure(JournalFailure("the disk is full")).status == .error)
    }

    @Test("what the user has to correct is told apart")
    func corrections() {
        #expect(Failure(UsageError(message: "no such option")).status == .usage)
        #expect(Failure(ConfigurationError("no account")).status == .configuration)
    }
}
