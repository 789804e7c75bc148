import Basics
import Schema

extension RolloutProgress {
    /// The next thing; waves are counted from 0.
    package enum Next: Hashable, Sendable {
        /// These operations of a wave may start.
        case run(wave: Int, [OperationKey])
        /// These operations are ready and change their tables now: `inOrder` one after the other,
        /// else as many at a time as the limits allow.
        case cutOver(wave: Int, [OperationKey], inOrder: Bool)
        /// The cutover of these operations does not come: what their engines made goes.
        case abandon([OperationKey])
        /// A wave is complete, and the next one opens at this time.
        case bake(wave: Int, until: Timestamp)
        /// An operation of a wave failed for a reason that may pass, and is tried again at this
        /// time; no other may start before.
        case retry(wave: Int, OperationKey, until: Timestamp)
        /// Operations of a wave are ready, and wait until somebody lets them change their tables.
        case awaitCutover(wave: Int)
        /// Operations of a wave have not ended, and none of them may start now.
        case wait(wave: Int)
        /// Nothing of a wave came to be changed, so that nothing was tried for the later ones: they
        /// begin at the first wave again, with the next plan.
        case restart(wave: Int)
        /// An operation failed, and the policy lets nothing more start.
        case halt
        /// Every operation has ended.
        case end

        /// Whether later waves wait for something that is not an end of the rollout.
        package var isWaiting: Bool {
            switch self {
            case .bake, .retry, .awaitCutover, .wait, .restart: true
            case .run, .cutOver, .abandon, .halt, .end: false
            }
        }

        /// Whether it goes on by itself at a known time, or when somebody says so.
        package var isBaking: Bool {
            switch self {
            case .bake, .retry, .awaitCutover: true
            case .run, .cutOver, .abandon, .wait, .restart, .halt, .end: false
            }
        }

        /// When it goes on by itself; nil where that is not known.
        package var due: Timestamp? {
            switch self {
            case .bake(_, let until), .retry(_, _, let until): until
            case .run, .cutOver, .abandon, .awaitCutover, .wait, .restart, .halt, .end: nil
            }
        }

        /// Whether operations may start.
        package var isRunnable: Bool {
            switch self {
            case .run, .cutOver: true
            case .abandon, .bake, .retry, .awaitCutover, .wait, .restart, .halt, .end: false
            }
        }

        /// What keeps later waves from opening, where that is no time, for people.
        package func words(of waves: Int) -> String? {
            switch self {
            case .wait(let wave) where wave + 1 < waves:
                "wave \(wave + 1) of \(waves) is not complete, and the later ones wait for it"
            case .restart(let wave):
                "nothing was changed in wave \(wave + 1) of \(waves): the next pass begins at "
                    + "the first wave again"
            case .awaitCutover(let wave):
                "what is ready in wave \(wave + 1) of \(waves) waits for `plumb cutover`"
            case .run, .cutOver, .abandon, .bake, .retry, .wait, .halt, .end: nil
            }
        }
    }
}
