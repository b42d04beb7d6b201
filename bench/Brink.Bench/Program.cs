using Brink.Bench;
using Brink.Lab;
using Brink.Native;

// Brink.Bench [NAME [CIFAR-10]]: prints each row of a benchmark as a line of JSON when it is measured; without a name, prints the
// names. 'brink bench' starts this program and shows the rows.
const int Failed = 1, WrongInput = 2;
if (args.Length == 0)
{
    Console.Out.WriteLine(string.Join('\n', Benchmarks.All.Keys));
    return 0;
}
if (!Benchmarks.All.TryGetValue(args[0], out var rows)) return Error($"{args[0]}: no such benchmark", WrongInput);
try
{
    var preparation = Preparation.FromEnvironment();
    preparation.BeforeLoading();
    foreach (var name in LibtorchFiles.Names)
        if (!LibtorchFiles.TryLoad(name, out _, out var error))
            return Error($"{error}; run 'brink doctor', which shows what to do", Failed);
    preparation.Apply();
    foreach (var row in rows(args.ElementAtOrDefault(1))) Console.Out.WriteLine(RowLine.Of(row));
    return 0;
}
catch (Exception e)
{
    if (Environment.GetEnvironmentVariable("BRINK_TRACE") is { Length: > 0 } and not "0") Console.Error.WriteLine(e);
    return Error(e.Message, e is ExperimentException or FormatException ? WrongInput : Failed);
}

static int Error(string message, int code)
{
    Console.Error.WriteLine(
        "brink: " + string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
    return code;
}
