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
    RunCommand.Create(),
    ResumeCommand.Create(),
    PresetsCommand.Create(),
    InspectCommand.Create(),
    RehearseCommand.Create(),
    BnpCommand.Create(),
    AuditCommand.Create(),
    GamesCommand.Create(),
    LandscapeCommand.Create(),
    EscapeCommand.Create(),
    RunsCommand.Create(),
    DataCommand.Create(),
    ReportCommand.Create(),
    FigureCommand.Create(),
    BenchCommand.Create(),
    DoctorCommand.Create(),
};
return Answer.To(root.Parse(args.Length == 0 ? ["--help"] : args));
