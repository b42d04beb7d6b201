using System.CommandLine;
using System.Globalization;
using Brink.Lab;

namespace Brink.Cli.Commands;

internal static class BnpCommand
{
    public static Command Create()
    {
        var standard = BnpStudy.Default;
        var model = new Option<string>("--model")
        {
            Description = "Network: mlp has three hidden layers of 100 units, cnn two convolutions and a dense layer.",
            DefaultValueFactory = _ => "mlp",
        };
        model.AcceptOnlyFromAmong("mlp", "cnn");
        var data = new Option<string>("--data")
        {
            Description = "Data set: fashion-mnist (5,000 images are embedded), mnist or cifar10, which 'brink data list' locates; or"
                + " file: your own samples, in the .npz or .csv files of --data-path and --test-path.",
            DefaultValueFactory = _ => "fashion-mnist",
        };
        data.AcceptOnlyFromAmong([.. DatasetNameExtensions.OfImages.Select(set => set.Name())]);
        var dataPath = new Option<string?>("--data-path") { Description = "Folder or file of the data.", HelpName = "PATH" };
        var testPath = new Option<string?>("--test-path")
        {
            Description = "Folder or file of the test images, if --data-path is a single file.",
            HelpName = "PATH",
        };
        var parameters = new Option<string?>("--parameters")
        {
            Description = "Initial weights and biases, in a safetensors file: linear1.weight [out,in], linear1.bias and so on; for the cnn"
                + " conv1, conv2 and linear.",
            HelpName = "FILE",
        };
        var samples = UsualOption.Of("--samples", "Training images.", standard.Data.Samples);
        var batches = new Option<string>("--batches")
        {
            Description = "Batch sizes, separated by commas.",
            HelpName = "LIST",
            DefaultValueFactory = _ => string.Join(',', standard.Batches),
        };
        var steps = new Option<int?>("--steps")
        {
            Description = "Steps of each training; the trials of each learning rate take a fifth of them. Default: 1000, or 400 for the"
                + " cnn.",
            HelpName = "N",
        };
        var seconds = new Option<double?>("--seconds")
        {
            Description = "Time limit of each training, in seconds. The results then depend on the machine.",
            HelpName = "SECONDS",
        };
        var seed = UsualOption.Of("--seed", "Seed of the initial parameters and the minibatches.", (int)standard.Seed);
        var output = RunPage.Folder("runs/bnp-MODEL");
        var json = Answer.Json();
        var command = new ExampleCommand(
            "bnp",
            "Compares training with batch normalization preconditioning, with batch norm, with group norm and with none of them:"
                + " losses and Hessians.",
            "brink bnp --model mlp --batches 128,8,1")
        {
            model, data, dataPath, testPath, parameters, samples, batches, steps, seconds, seed, output, json,
        };
        command.SetAction(parsed =>
        {
            // A study may be resumed from another folder.
            var path = parsed.GetValue(dataPath) is { } given ? Path.GetFullPath(given) : null;
            var set = DatasetNameExtensions.OfImages.Single(one => one.Name() == parsed.GetValue(data));
            var network = parsed.GetValue(model) == "cnn" ? BnpModel.Cnn : BnpModel.Mlp;
            var study = standard with
            {
                Model = network,
                Data = set == DatasetName.File
                    ? DataSpec.File with
                    {
                        Path = path,
                        Samples = parsed.GetResult(samples) is { Implicit: false } ? parsed.GetValue(samples) : null,
                    }
                    : standard.Data with { Set = set, Path = path, Samples = parsed.GetValue(samples) },
                TestPath = parsed.GetValue(testPath) is { } test ? Path.GetFullPath(test) : null,
                Batches = Numbers("--batches", parsed.GetValue(batches)!),
                Steps = parsed.GetValue(steps) ?? BnpStudy.UsualSteps(network),
                Seconds = parsed.GetValue(seconds),
                Seed = parsed.GetValue(seed),
                Parameters = parsed.GetValue(parameters) is { } start ? Path.GetFullPath(start) : null,
            };
            return StudyAnswer.Of(
                study.Checked(), "bnp-" + parsed.GetValue(model), parsed.GetValue(output), CheckpointPace.Always, parsed.GetValue(json));
        });
        return command;
    }

    private static int[] Numbers(string name, string list) =>
    [
        .. list.Split(',', StringSplitOptions.TrimEntries).Select(text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new InputException($"{name} {list}: '{text}' is not a whole number; separate numbers by commas, as in 128,32,1")),
    ];
}
