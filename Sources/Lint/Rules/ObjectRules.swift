import Desired
import Schema

/// Rules about views, triggers, routines and events.
enum ObjectRules {
    static let explicitDefiner = Rule(
        .explicitDefiner, .warning,
        "A DEFINER binds an object to an account, which each server must have, and to its rights",
        remedy: "leave it out: the object then belongs to the account that makes it",
        objects: { context in
            guard let definer = context.outline?.definer else { return [] }
            return [
                Issue(
                    "the \(context.name) has the definer \(definer.text)",
                    at: context.location(of: definer.offset))
            ]
        })

    static let selectStar = Rule(
        .viewSelectStar, .warning,
        "A view of SELECT * gets its columns when it is made: one that comes to its table changes "
            + "the view too, and with it what its readers get",
        remedy: "name the columns",
        objects: { context in
            (context.outline?.stars ?? []).map { offset in
                Issue(
                    "the \(context.name) selects all columns, whatever they are",
                    at: context.location(of: offset))
            }
        })

    static let danglingReference = Rule(
        .danglingReference, .error,
        "A view or a trigger uses a table that the namespace does not have; a server refuses "
            + "it",
        remedy: "define the table, or correct its name",
        objects: { context in
            (context.outline?.references ?? []).compactMap { reference in
                guard !context.selectable.contains(reference.text.lowercased()) else { return nil }
                let near = NearestName.suggestion(
                    for: reference.text, among: context.selectable.sorted())
                return Issue(
                    "the \(context.name) uses `\(reference.text)`, which nothing defines",
                    at: context.location(of: reference.offset),
                    remedy: near.map { "did you mean `\($0)`?" })
            }
        })

    static let undeclaredFunction = Rule(
        .functionUndeclared, .warning,
        "A function that says none of DETERMINISTIC, NO SQL and READS SQL DATA is refused by "
            + "servers that write a binary log (error 1418)",
        remedy: "write what is true of it behind RETURNS",
        objects: { context in
            guard context.outline?.isUndeclaredFunction == true else { return [] }
            return [
                Issue(
                    "the \(context.name) does not say what it does with data",
                    at: context.object.location)
            ]
        })
}
