using System.CommandLine;
using Brink.Lab;
using Brink.Objectives;

namespace Brink.Cli.Commands;

internal static class AuditCommand
{
    public static Command Create()
    {
        var (what, set) = (ExperimentOptions.What(), ExperimentOptions.Set());
        var json = Answer.Json();
        var command = new ExampleCommand(
            "audit",
            "Checks the derivatives of an experiment's loss against differences, and float32 against float64.",
            "brink audit quickstart --set model.activation=gelu")
        {
            what, set, json,
        };
        command.SetAction(parsed =>
        {
            var (_, study) = ExperimentOptions.Study(parsed.GetValue(what)!, parsed.GetValue(set)!);
            LoadedLibtorch.Require();
            var (exact, precision) = ExperimentAudit.Run(study);
            var passed = exact.Passed && precision.Passed;
            if (parsed.GetValue(json)) Answer.Print(Document(exact, precision, passed));
            else Write(exact, precision);
            return passed ? Answer.Success : Answer.Error(exact.Fault ?? precision.Fault!, Answer.Failed);
        });
        return command;
    }

    private static Dictionary<string, object?> Document(AuditReport exact, AuditReport precision, bool passed)
    {
        var document = new Dictionary<string, object?>(StringComparer.Ordinal) { ["passed"] = passed };
        foreach (var check in exact.Checks) document[check.Quantity] = Numbers(check);
        document["float32"] = precision.Checks.ToDictionary(check => check.Quantity, Numbers, StringComparer.Ordinal);
        document["fault"] = exact.Fault ?? precision.Fault;
        return document;
    }

    private static object Numbers(AuditCheck check) =>
        new { check.Passed, check.RelativeError, check.Order, check.Tolerance };

    private static void Write(AuditReport exact, AuditReport precision)
    {
        foreach (var check in exact.Checks) Console.Out.WriteLine(Line(check, "against differences"));
        foreach (var check in precision.Checks) Console.Out.WriteLine(Line(check, "float32 against float64"));
    }

    private static string Line(AuditCheck check, string against) =>
        $"{(check.Passed ? "ok    " : "WRONG ")} {check.Quantity,-9} {against,-24} error {check.RelativeError:0.0e0}"
        + (check.Order is { } order ? $", falling at order {order:f1}" : "");
}
