import Desired
import Ledger
import Model
import Observed
import Schema

extension RolloutLedger {
    /// What asks waves how they are; nil where policy wants nothing to be asked.
    func healthGate(_ planned: PlanningPass.Result) -> HealthGate? {
        guard let check = pass.fleet.policy.rollout.health else { return nil }
        return HealthGate(
            check: check, ask: { ask(check, $0, planned) },
            pause: { record, reason throws(JournalFailure) in
                do throws(LedgerError) {
                    return try pause(record, reason: reason)
                } catch {
                    throw JournalFailure(error)
                }
            })
    }

    private func ask(
        _ check: HealthCheck, _ asked: HealthGate.Asked, _ planned: PlanningPass.Result
    ) -> [ShardID: HealthGate.Answer] {
        switch check.question {
        case .query(let query, let expected):
            return answers(asked.shards, query, planned).mapValues {
                HealthGate.Answer($0, expected: expected)
            }
        case .command(let command, let limitSeconds):
            let program = HealthCommand(
                command: command, limitSeconds: limitSeconds,
                runner: CommandRunner(purpose: .health, consent: pass.request.operator),
                interrupt: pass.hooks.interrupt)
            do throws(LedgerError) {
                let document = HealthDocument(
                    asked, environment: pass.environment.name,
                    revision: try revision(of: asked.rollout))
                return program.ask(asked.shards, document)
            } catch {
                let answer = HealthGate.Answer.unhealthy(": \(error)")
                return Dictionary(asked.shards.map { ($0, answer) }) { first, _ in first }
            }
        }
    }

    private func answers(
        _ shards: [ShardID], _ query: String, _ planned: PlanningPass.Result
    ) -> [ShardID: HealthQuestion.Answer] {
        let targets = planned.targets
        return pass.shardAccess.health(
            shards.compactMap { id in
                guard let target = targets[id],
                    case .known(let known) = planned.observation[id]
                else { return nil }
                return HealthQuestion(
                    .init(target: target, flavour: known.profile.flavour, sql: query))
            })
    }

    /// What is to be said of a health check that will pause the rollout of a plan with steps.
    static func healthNotices(_ fleet: Fleet, _ consent: Operator?) -> [Notice] {
        guard let check = fleet.policy.rollout.health,
            case .command(let command, _) = check.question, let program = command.first,
            !CommandRunner.allows(program, for: .health, consent)
        else { return [] }
        let place = check.location.map { "\($0): " } ?? ""
        return [
            Notice(
                code: "health-refused",
                message: "\(place)no wave opens after another: "
                    + CommandRunner.refusal(program, for: .health))
        ]
    }
}

extension HealthGate.Answer {
    init(_ answer: HealthQuestion.Answer, expected: HealthCheck.Expectation) {
        switch answer {
        case .value(let value) where expected.isMet(by: value): self = .healthy
        case .value(let value): self = .unhealthy(" says \(value.map { "`\($0)`" } ?? "NULL")")
        case .unanswered(let reason): self = .unanswered(reason)
        }
    }
}
