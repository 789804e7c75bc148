import Diff
import Schema

/// Findings about the code of an object that reaches beyond its own database.
enum ReachFindings {
    /// One finding for each kind of reach; none of them requires an approval.
    static func findings(of definition: ObjectDefinition) -> [HazardFinding] {
        definition.reach.map { finding($0, definition.name) }
    }

    private static func finding(_ reach: ObjectReach, _ name: ObjectName) -> HazardFinding {
        let (rule, reason, remedy): (HazardRule, String, String) =
            switch reach {
            case .definer(let account):
                (
                    .runsAsDefiner, "the \(name) belongs to the account \(account)",
                    "make sure that its rights are meant for everybody who may use the object"
                )
            case .dynamicSQL:
                (
                    .dynamicSQL, "the \(name) runs statements that it puts together itself",
                    "read what they are made of"
                )
            case .files:
                (
                    .reachesFiles, "the \(name) reads or writes files of the server",
                    "make sure that it should"
                )
            case .database(let database):
                (
                    .otherDatabase,
                    "the \(name) names the database \(SQL.identifier(database))",
                    "make sure that each shard's server has it, and that it may be used"
                )
            case .administration:
                (
                    .administersServer,
                    "the \(name) changes accounts, rights or settings of the server",
                    "make sure that it should"
                )
            }
        return HazardFinding(rule: rule, hazard: .safe, reason: reason, remedy: remedy)
    }
}
