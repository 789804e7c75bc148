import Desired
import Model
import Signatures

/// Makes ready the programs that a fleet file names, where the operator's file allows them: who can
/// merge must not run programs on the machine that has the passwords.
///
/// What others than root and the user of this process may change is no program that was allowed.
/// A program gets its document on standard input, and no variable but `PATH` and what is said here;
/// no shell reads the command.
struct CommandRunner {
    /// What a program is for, by the key of the operator's file that lists those that may run.
    enum Purpose: String, Sendable {
        case finalizers, health
    }

    let purpose: Purpose
    /// The operator's file; nothing is allowed without one.
    let consent: Operator?

    /// A program that may begin, or why it may not.
    enum Prepared {
        case ready(WatchedProgram)
        case refused(String)
    }

    /// - Parameters:
    ///   - input: what it reads.
    ///   - limitSeconds: how long it may take.
    func prepared(
        _ command: [String], _ input: [UInt8], environment: [String: String] = [:],
        limitSeconds: Int
    ) -> Prepared {
        guard let program = command.first else { return .refused("it has no program") }
        guard Self.allows(program, for: purpose, consent) else {
            return .refused(Self.refusal(program, for: purpose))
        }
        do throws(SignatureError) {
            try TrustedFile.requireProgram(program)
            return .ready(
                try WatchedProgram(
                    program, Array(command.dropFirst()), input: input,
                    environment: environment, limitSeconds: Double(limitSeconds)))
        } catch {
            let remedy = error.remedy.map { ": \($0)" } ?? ""
            return .refused(error.fault + remedy)
        }
    }

    static func allows(_ program: String, for purpose: Purpose, _ consent: Operator?) -> Bool {
        switch purpose {
        case .finalizers: consent?.allows(finalizer: program) == true
        case .health: consent?.allows(health: program) == true
        }
    }

    static func refusal(_ program: String, for purpose: Purpose) -> String {
        "the operator's file does not allow `\(program)`: add it to `\(purpose.rawValue)` there"
    }
}
