using System.CommandLine;
using Brink.Lab;
using Brink.Runs;
using Brink.Web;

namespace Brink.Cli.Commands;

internal static class RunCommand
{
    public static Command Create()
    {
        var (what, set) = (ExperimentOptions.What(), ExperimentOptions.Set());
        var output = RunPage.Folder("runs/NAME");
        var seed = new Option<long?>("--seed")
        {
            Description = "Seed of the initial parameters. Default: that of the experiment.",
            HelpName = "N",
        };
        var like = new Option<string?>("--like")
        {
            Description = "Repeat this run with its experiment, seed, data and number of threads, and report whether every number is the"
                + " same.",
            HelpName = "RUN",
        };
        var serve = new Option<bool>("--serve")
        {
            Description = "Open a live page of the run in the browser, as 'brink serve' does, until the run ends.",
        };
        var every = CheckpointOption.Every();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "run",
            "Runs an experiment: trains at the edge of stability, predicts the training, and writes a page that compares both.",
            "brink run quickstart --set learning_rate=0.02 --out runs/slower")
        {
            what, set, output, seed, like, serve, every, json,
        };
        command.SetAction(parsed =>
        {
            var (folder, asJson) = (parsed.GetValue(output), parsed.GetValue(json));
            var pace = CheckpointOption.Pace(parsed.GetValue(every));
            return parsed.GetValue(like) is { } other
                ? Repeat(parsed, other, [what, set, seed], folder, pace, asJson)
                : Run(parsed.GetValue(what)!, parsed.GetValue(set)!, folder, parsed.GetValue(seed), parsed.GetValue(serve), pace, asJson);
        });
        return command;
    }

    private static int Run(
        string what, string[] set, string? output, long? seed, bool serve, CheckpointPace pace, bool json)
    {
        var (name, study) = ExperimentOptions.Study(what, set);
        if (seed is { } given) study = (study with { Seed = given }).Checked();
        LivePage? page = null;
        try
        {
            return StudyAnswer.Of(study, name, output, pace, json, serve ? writer => page = Served(writer) : null);
        }
        finally
        {
            page?.Dispose();
        }
    }

    private static LivePage Served(RunWriter run)
    {
        var page = LivePage.Start(new ServerSettings(Path.GetDirectoryName(run.Folder)!), Path.GetFileName(run.Folder));
        Answer.Note($"live page: {page.Address.AbsoluteUri}");
        page.OpenBrowser();
        return page;
    }

    /// <summary>Repeats the experiment of another run, with its data and its number of threads.</summary>
    private static int Repeat(ParseResult parsed, string other, Symbol[] decided, string? output, CheckpointPace pace, bool json)
    {
        foreach (var symbol in decided)
            if (parsed.GetResult(symbol) is { } result && result.Tokens.Count > 0)
                throw new InputException($"{symbol.Name}: cannot be combined with --like, which repeats the run {other}");
        using var model = RunReader.Open(RunFolders.Find(RunFolders.DefaultRoot, other));
        LoadedLibtorch.Require();
        var manifest = model.Manifest();
        var study = Repetition.Of(manifest, other);
        foreach (var difference in Repetition.Differences(manifest)) Answer.Note(difference);
        return StudyAnswer.Of(
            study,
            manifest.Get(RunSchema.Name) ?? "repetition",
            output,
            pace,
            json,
            writer => Repetition.Expect(writer, manifest),
            made => Answer.Note(Repetition.Comparison(model, made)));
    }
}
