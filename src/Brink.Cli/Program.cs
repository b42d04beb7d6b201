using System.CommandLine;
using Brink.Cli;
using Brink.Cli.Commands;

var root = new ExampleCommand(
    "brink",
    "Measures and predicts gradient descent at the edge of stability.",
    "brink run")
{
    ExampleCommand.Help(),
    new VersionOption(),
};

// The one that is called, or all, to help with: making all takes 0.07 s of a start.
var commands = new Dictionary<string, Func<Command>>(StringComparer.Ordinal)
{
    ["run"] = RunCommand.Create,
    ["resume"] = ResumeCommand.Create,
    ["presets"] = PresetsCommand.Create,
    ["inspect"] = InspectCommand.Create,
    ["rehearse"] = RehearseCommand.Create,
    ["bnp"] = BnpCommand.Create,
    ["audit"] = AuditCommand.Create,
    ["games"] = GamesCommand.Create,
    ["landscape"] = LandscapeCommand.Create,
    ["escape"] = EscapeCommand.Create,
    ["runs"] = RunsCommand.Create,
    ["data"] = DataCommand.Create,
    ["report"] = ReportCommand.Create,
    ["figure"] = FigureCommand.Create,
    ["bench"] = BenchCommand.Create,
    ["doctor"] = DoctorCommand.Create,
};
IEnumerable<Func<Command>> called = args.Length > 0 && commands.TryGetValue(args[0], out var one) ? [one] : commands.Values;
foreach (var create in called) root.Add(create());
return Answer.To(root.Parse(args.Length == 0 ? ["--help"] : args));
