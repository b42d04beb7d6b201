using System.CommandLine;
using Brink.Lab;
using Brink.Reports;
using Brink.Runs;

namespace Brink.Cli.Commands;

internal static class RunCommand
{
    public static Command Create()
    {
        var (what, set) = (ExperimentOptions.What(), ExperimentOptions.Set());
        var output = RunPage.Folder("runs/NAME");
        var seed = new Option<long?>("--seed") { Description = "Seed of the initial parameters." };
        var like = new Option<string?>("--like")
        {
            Description = "Repeat a run: its experiment, seed, data and number of threads; says whether every number is the same.",
        };
        var every = CheckpointOption.Every();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "run",
            "Trains at the edge of stability, predicts it, and leaves a page that shows both.",
            "brink run quickstart --set learning_rate=0.02 --out runs/slower")
        {
            what, set, output, seed, like, every, json,
        };
        command.SetAction(parsed =>
        {
            var (folder, asJson) = (parsed.GetValue(output), parsed.GetValue(json));
            var pace = CheckpointOption.Pace(parsed.GetValue(every));
            return parsed.GetValue(like) is { } other
                ? Repeat(parsed, other, [what, set, seed], folder, pace, asJson)
                : Run(parsed.GetValue(what)!, parsed.GetValue(set)!, folder, parsed.GetValue(seed), pace, asJson);
        });
        return command;
    }

    private static int Run(string what, string[] set, string? output, long? seed, CheckpointPace pace, bool json)
    {
        var (name, study) = ExperimentOptions.Study(what, set);
        if (seed is { } given) study = (study with { Seed = given }).Checked();
        LoadedLibtorch.Require();

        using var interruption = new Interruption();
        var folder = output ?? RunFolders.New(RunFolders.DefaultRoot, name.Replace('/', '-'));
        var writer = RunWriter.Create(folder);
        return Told(study, writer, json, () => Made(study, name, writer, null, pace, interruption.Token));
    }

    /// <summary>The experiment of another run again, with the data and the number of threads that it had.</summary>
    private static int Repeat(ParseResult parsed, string other, Symbol[] decided, string? output, CheckpointPace pace, bool json)
    {
        foreach (var symbol in decided)
            if (parsed.GetResult(symbol) is { } result && result.Tokens.Count > 0) throw new InputException($"--like {other}: it decides {symbol.Name} by itself");
        using var model = RunReader.Open(RunFolders.Find(RunFolders.DefaultRoot, other));
        LoadedLibtorch.Require();
        var manifest = model.Manifest();
        var study = Repetition.Of(manifest, other);
        foreach (var difference in Repetition.Differences(manifest)) Console.Error.WriteLine($"brink: {difference}");
        using var interruption = new Interruption();
        var name = manifest.Text("name") ?? "repetition";
        var folder = output ?? RunFolders.New(RunFolders.DefaultRoot, name.Replace('/', '-'));
        var writer = RunWriter.Create(folder);
        Repetition.Expect(writer, manifest);
        return Told(study, writer, json, () => Made(study, name, writer, null, pace, interruption.Token), made =>
            Console.Error.WriteLine($"brink: {Repetition.Comparison(model, made)}"));
    }

    /// <summary>A study run to its end, from its beginning or from a checkpoint.</summary>
    internal static RunSummary Made(
        Study study, string name, RunWriter writer, Checkpoint? from, CheckpointPace pace, CancellationToken cancellation) =>
        RunDisplay.Show(name, progress =>
        {
            switch (study)
            {
                case Experiment experiment:
                    var edge = new EdgeOfStability(experiment, writer, TimeProvider.System, pace);
                    return from is null ? edge.Run(name, progress, cancellation) : edge.Resume(from, progress, cancellation);
                case SpeedStudy speeds:
                    var speed = new TrainingSpeed(speeds, writer, TimeProvider.System, pace);
                    return from is null ? speed.Run(name, progress, cancellation) : speed.Resume(from, progress, cancellation);
                default:
                    throw new InputException($"{name}: nothing runs a study of the kind '{study.Kind}'");
            }
        });

    /// <summary>What a run came to, its page included, as text or JSON.</summary>
    internal static int Told(Study study, RunWriter writer, bool json, Func<RunSummary> run, Action<RunReader>? compare = null)
    {
        var folder = Path.GetRelativePath(".", writer.Folder);
        RunSummary summary;
        try
        {
            using (writer) summary = run();
        }
        catch (RunStoreException e)
        {
            return Answer.Error($"{e.Message}; what was committed before is kept, and 'brink resume {RunPage.Named(folder)}' goes on", Answer.Failed);
        }
        using var reader = RunReader.Open(folder);
        var page = RunPage.Write(reader);
        foreach (var one in reader.Events().Where(one => one.Kind == "engine_replaced")) Console.Error.WriteLine($"brink: {one.Message}");
        if (json) Answer.Print(RunDocument.Of(study, summary, reader.Manifest(), page));
        else Print(summary, reader, page);
        compare?.Invoke(reader);
        return summary.Status switch
        {
            RunStatus.Completed or RunStatus.Stable => Answer.Success,
            RunStatus.Interrupted => Answer.Error(
                $"{summary.Status.Name()}: {summary.Message}; everything until then is in {folder}, and 'brink resume {RunPage.Named(folder)}' goes on",
                Answer.Failed),
            _ => Answer.Error(
                $"{summary.Status.Name()}: {summary.Message}; everything until then is in {folder}",
                Answer.Failed),
        };
    }

    private static void Print(RunSummary summary, RunReader reader, string page)
    {
        Console.Out.WriteLine($"{summary.Status.Name()} in {summary.Seconds:f1} s: {summary.Message}");
        Console.Out.WriteLine(Story.Of(reader));
        RunPage.Tell(reader, page);
    }
}
