using Brink.Objectives;
using Brink.Runs;
using Brink.Spectra;
using Brink.Zoo.Formats;

namespace Brink.Lab.Tests;

/// <summary>Experiments that start from a file of samples and a file of parameters.</summary>
public class OwnPointAndDataTests
{
    private static readonly double[] X = [0.3, -1.2, 0.8, 1.1, 0.4, -0.7, -0.2, 0.9, 1.3, -0.5, -0.6, 0.1];   // [4,3]

    private static readonly double[] W1 = [0.4, -0.3, 0.9, -0.8, 0.5, 0.2];   // [2,3]
    private static readonly double[] B1 = [0.1, -0.2];

    /// <summary>Targets and their shape, loss, number of outputs, and the loss of one sample as a function of its outputs f and its
    /// number.</summary>
    public static TheoryData<Array, int[], string, int, Func<double[], int, double>> Losses => new()
    {
        { new[] { 1.0, -1, 0.5, 2 }, [4], "mse", 1, (f, i) => Square(f[0] - new[] { 1.0, -1, 0.5, 2 }[i]) },
        { new[] { 1.0, -1, 0.5, 2 }, [4, 1], "binary-mse", 1, (f, i) => Square(f[0] - new[] { 1.0, -1, 0.5, 2 }[i]) },
        {
            new[] { 1.0, -1, 0.5, 2, 0, 0, 3, 4 }, [4, 2], "mse", 2,
            (f, i) => Square(f[0] - new[] { 1.0, 0.5, 0, 3 }[i]) + Square(f[1] - new[] { -1.0, 2, 0, 4 }[i])
        },
        {
            new[] { 0L, 2, 1, 2 }, [4], "mse", 3,
            (f, i) => f.Select((one, c) => Square(one - (c == new[] { 0, 2, 1, 2 }[i] ? 1 : 0))).Sum()
        },
        { new[] { 0L, 2, 1, 2 }, [4], "cross-entropy", 3, (f, i) => -LogSoftmax(f)[new[] { 0, 2, 1, 2 }[i]] },
        {
            new[] { 0.5, 0.5, 1, 0, 0, 1, 0.25, 0.75 }, [4, 2], "cross-entropy", 2,
            (f, i) => -(LogSoftmax(f)[0] * new[] { 0.5, 1, 0, 0.25 }[i]) - (LogSoftmax(f)[1] * new[] { 0.5, 0, 1, 0.75 }[i])
        },
        { new[] { -1L, 1, 1, -1 }, [4], "logistic", 1, (f, i) => Math.Log(1 + Math.Exp(-f[0] * new[] { -1, 1, 1, -1 }[i])) },
        { new[] { 0L, 1, 1, 0 }, [4], "binary-mse", 1, (f, i) => Square(f[0] - new[] { -1, 1, 1, -1 }[i]) },
    };

    [Theory, MemberData(nameof(Losses))]
    public void The_loss_is_computed_from_the_files(Array y, int[] shape, string loss, int outputs, Func<double[], int, double> of)
    {
        using var folder = new TemporaryFolder();
        NumpyArchive.Write(folder.Path("samples.npz"), ("x", X, [4, 3]), ("y", y, shape));
        var w2 = Enumerable.Range(0, outputs * 2).Select(i => 0.3 - (0.2 * i)).ToArray();
        var b2 = Enumerable.Range(0, outputs).Select(i => 0.05 * i).ToArray();
        Parameters(folder.Path("point.safetensors"), w2, b2);
        using var problem = new Problem(Of(folder, $"loss={loss}"));
        using var scope = NewDisposeScope();
        Assert.Equal([.. W1, .. B1, .. w2, .. b2], problem.Initial().data<double>().ToArray());
        var expected = Enumerable.Range(0, 4).Average(i =>
        {
            var hidden = Enumerable.Range(0, 2)
                .Select(j => Math.Tanh(B1[j] + Enumerable.Range(0, 3).Sum(k => W1[(j * 3) + k] * X[(i * 3) + k])))
                .ToArray();
            return of([.. Enumerable.Range(0, outputs).Select(c => b2[c] + (w2[2 * c] * hidden[0]) + (w2[(2 * c) + 1] * hidden[1]))], i);
        });
        Assert.Equal(expected, problem.Objective(ScalarType.Float64).Loss(problem.Initial()), 1e-12);
    }

    [Theory]
    [InlineData(".weight")]
    [InlineData(".kernel")]
    public void Weights_with_the_inputs_first_are_recognized_by_their_shapes_or_names(string suffix)
    {
        using var folder = Files();
        using var scope = NewDisposeScope();
        using var before = new Problem(Of(folder));
        var expected = before.Initial();
        Write(folder.Path("point.safetensors"), [
            ($"linear1{suffix}", tensor(W1).view(2, 3).t().contiguous()), ("linear1.bias", tensor(B1)),
            ($"linear2{suffix}", tensor(new[] { 0.7, -0.6 }).view(2, 1)), ("linear2.bias", tensor(new[] { 0.2 }))]);
        using var problem = new Problem(Of(folder));
        Assert.Equal(expected.data<double>().ToArray(), problem.Initial().data<double>().ToArray());
    }

    [Theory]
    [InlineData("linear1.weight", 2, 4, "linear1.weight: shape [2,4]; the model needs [2,3]")]
    [InlineData("linear2.weight", 3, 2, "linear2.weight: shape [3,2]; the model needs [1,2]")]
    [InlineData("linear1.weight", 3, 2, "linear1.weight: shape [3,2]; the model needs [2,3]")]   // linear2 has the outputs first
    [InlineData("linear1.wieght", 2, 3, "linear1.wieght: the model has no such parameter; did you mean 'linear1.weight'?")]
    [InlineData("linear3.weight", 2, 3, "linear3.weight: the model has no such parameter")]
    public void Names_and_shapes_that_do_not_fit_are_refused_in_one_line(string name, int rows, int columns, string message)
    {
        using var folder = Files();
        using var scope = NewDisposeScope();
        var tensors = Point().Where(part => part.Name != name && !(name == "linear1.wieght" && part.Name == "linear1.weight"))
            .Append((name, ones(rows, columns, dtype: ScalarType.Float64)));
        Write(folder.Path("point.safetensors"), tensors);
        Refused(() => Of(folder), $"{folder.Path("point.safetensors")}: {message}");
    }

    [Fact]
    public void Other_faults_of_the_parameters_are_refused_in_one_line()
    {
        using var folder = Files();
        using var scope = NewDisposeScope();
        var path = folder.Path("point.safetensors");
        Write(path, Point().Where(part => part.Name != "linear2.bias"));
        Refused(() => Of(folder), $"{path}: parameter linear2.bias of shape [1] is missing");
        Write(path, [.. Point(), ("linear3.weight", ones(1, 1)), ("linear3.bias", ones(1))]);
        Refused(() => Of(folder), "linear3.bias: the model has no such parameter; the file belongs to model.hidden=[2, 1]");
        Write(path, Point().Select(part => part.Name == "linear1.bias" ? (part.Name, tensor(new[] { 1, double.NaN })) : part));
        Refused(() => Of(folder), $"{path}: linear1.bias: contains NaN; every value must be finite");
        Write(path, Point().Select(part => part.Name == "linear1.bias" ? (part.Name, tensor(new[] { 1L, 2 })) : part));
        Refused(() => Of(folder), "linear1.bias: type Int64; parameters must be floating-point numbers");
        File.WriteAllText(path, "no such format");
        Refused(() => Of(folder), $"{path}: ");
        File.Delete(path);
        Refused(() => Of(folder), $"{path}: no such file; model.parameters must name a safetensors file");
        Directory.CreateDirectory(path);
        Refused(() => Of(folder), $"{path}: is a folder");
    }

    /// <summary>x and y with their shapes, a setting that they do not fit, and the message.</summary>
    public static TheoryData<Array, int[], Array, int[], string, string> WrongData => new()
    {
        { X, [4, 3], new[] { 1.0, 2, double.NaN, 4 }, [4], "loss=mse", "y: the value at [2] (counted from 0) is NaN" },
        { X, [4, 3], new[] { 1.0, 2, 3 }, [3], "loss=mse", "y: there are 3 targets for 4 inputs" },
        { X, [4, 3], new[] { 0L, 1, 3, 1 }, [4], "loss=mse", "classes up to 3, but no sample of class 2" },
        { X, [4, 3], new[] { 0L, 1, -2, 1 }, [4], "loss=mse", "y[2] is class -2" },
        { X, [4, 3], new[] { 0L, 0, 0, 0 }, [4], "loss=mse", "every target is class 0" },
        { X, [4, 3], new[] { 0L, 1, 2, 1 }, [4], "loss=logistic", "loss: logistic separates two classes, and the targets have 3" },
        { X, [4, 3], new[] { 0L, 1, 2, 1 }, [4], "data.classes=[0, 1]", "y[2] is class 2; add it to data.classes=[0, 1]" },
        { X, [4, 3], new[] { 1.0, 2, 3, 4 }, [4], "loss=cross-entropy", "loss: cross-entropy needs classes" },
        { X, [4, 3], new[] { 1.0, 2, 3, 4 }, [4], "loss=logistic", "loss: logistic needs targets of -1 and +1" },
        { X, [4, 3], new[] { 1.0, 2, 3, 4, 5, 6, 7, 8 }, [4, 2], "loss=binary-mse", "loss: binary-mse has one output" },
        { X, [4, 3], new[] { 1.0, 2, 3, 4 }, [4], "data.samples=5", "4 samples, fewer than data.samples=5" },
        { X, [4, 3], new[] { 1.0, 2, 3, 4 }, [4], "data.pool=2", "data.pool: 2; the samples of a file cannot be pooled" },
        {
            X, [4, 3], new[] { 1.0, 2, 3, 4 }, [4], "model={ kind: cnn }",
            "model.kind: cnn reads images [n,channels,height,width], and the samples have shape [n,3]"
        },
        { X, [4, 3], new[] { 1.0, 2, 3, 4 }, [4], "model={ kind: transformer }", "the data are numbers" },
        { new long[12], [4, 3], new[] { 1.0, 2, 3, 4 }, [4], "loss=mse", "model.kind: mlp reads floating-point numbers" },
    };

    [Theory, MemberData(nameof(WrongData))]
    public void Data_that_do_not_fit_are_refused_in_one_line(Array x, int[] xShape, Array y, int[] yShape, string setting, string message)
    {
        using var folder = new TemporaryFolder();
        NumpyArchive.Write(folder.Path("samples.npz"), ("x", x, xShape), ("y", y, yShape));
        Refused(() => Of(folder, "model.parameters=null", setting), message);
    }

    [Fact]
    public void Missing_files_of_samples_are_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        Refused(() => Of(folder, "model.parameters=null"), $"data: {folder.Path("samples.npz")}: no such file");
        Refused(() => Of(folder, "model.parameters=null", "data.path=null"), "data.path: null");
        Refused(() => Of(folder, "model.parameters=null", $"data.path={folder.Path("")}"), "is a folder");
        File.WriteAllText(folder.Path("train.bin"), "");
        Refused(() => Of(folder, "model.parameters=null", $"data.path={folder.Path("train.bin")}"), "read it with data.set=cifar10");
        Assert.Contains("data.samples: null", Assert.Throws<ExperimentException>(() =>
            ExperimentYaml.With(Presets.Named("smoke").Experiment, "data.samples=null")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Relative_paths_start_at_the_folder_of_the_yaml_file_or_at_the_working_directory()
    {
        using var folder = Files();
        File.WriteAllText(
            folder.Path("own.yaml"),
            "preset: smoke\ndata: { set: file, path: samples.npz }\nmodel: { hidden: [2], parameters: point.safetensors }\n");
        var read = (Experiment)ExperimentYaml.Read(folder.Path("own.yaml"));
        Assert.Equal((folder.Path("samples.npz"), folder.Path("point.safetensors")), (read.Data.Path, read.Model.Parameters));
        // No value of the preset's data is kept.
        Assert.Equal((null, 1, 0), (read.Data.Samples, read.Data.Pool, read.Data.Classes.Count));
        var set = ExperimentYaml.With(ExperimentYaml.With(read, "data.path=samples.npz"), "model.parameters=point.safetensors");
        Assert.Equal((Path.GetFullPath("samples.npz"), Path.GetFullPath("point.safetensors")), (set.Data.Path, set.Model.Parameters));
        // The two settings have the same effect in either order.
        var smoke = Presets.Named("smoke").Experiment;
        foreach (var order in new[] { new[] { "data.set=file", "data.path=a.npz" }, ["data.path=a.npz", "data.set=file"] })
            Assert.Equal(Path.GetFullPath("a.npz"), order.Aggregate(smoke, ExperimentYaml.With).Data.Path);
        Assert.Equal(StudyYaml.Write(read), StudyYaml.Write(ExperimentYaml.Parse(StudyYaml.Write(read), "written")));
    }

    [Fact]
    public void A_run_records_the_checksums_of_its_files_and_its_experiment_reproduces_it()
    {
        using var folder = Files();
        Run(Of(folder), folder.Path("one"));
        Run((Experiment)ExperimentYaml.Read(folder.Path("one/experiment.yaml")), folder.Path("two"));
        Assert.Equal(CrashImages.Contents(folder.Path("one")), CrashImages.Contents(folder.Path("two")));
        using var reader = RunReader.Open(folder.Path("one"));
        Assert.Equal(
            (Sha256(folder.Path("samples.npz")), Sha256(folder.Path("point.safetensors"))),
            (reader.Manifest().Text("dataset_checksum"), reader.Manifest().Text("parameters_checksum")));
    }

    [Theory]
    [InlineData("samples.npz", "descent", "data: changed since the run")]
    [InlineData("point.safetensors", "descent", "model.parameters: changed since the run")]
    [InlineData("samples.npz", "edge", "data: changed since the run")]
    [InlineData("point.safetensors", "edge", "model.parameters: changed since the run")]
    public void A_run_does_not_resume_with_another_file(string file, string phase, string message)
    {
        using var folder = Files();
        using (var cancel = new CancellationTokenSource())
        using (var writer = RunWriter.Create(folder.Path("run")))
        {
            var ended = new EdgeOfStability(Of(folder), writer, TimeProvider.System).Run("own", progress =>
            {
                if (progress.Phase == phase) cancel.Cancel();
            }, cancel.Token);
            Assert.Equal(RunStatus.Interrupted, ended.Status);
        }
        File.Delete(folder.Path(file));
        Files(folder, shift: 0.01);
        using var scope = NewDisposeScope();
        using var resumption = Resumption.Of(folder.Path("run"));
        Assert.Equal(phase == "edge", resumption.From is not null);
        var run = new EdgeOfStability((Experiment)resumption.Study, resumption.Run, TimeProvider.System);
        var error = Assert.Throws<ExperimentException>(
            () => resumption.From is { } from ? run.Resume(from, null, default) : run.Run("own", null, default));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_point_beyond_the_edge_is_tracked_from_its_exact_parameters()
    {
        using var folder = Files();
        using var scope = NewDisposeScope();
        using var problem = new Problem(Of(folder));
        var (objective, theta) = (problem.Objective(ScalarType.Float64), problem.Initial());
        var gradient = objective.LossAndGradient(theta).Gradient;
        // Instability is detected at the midpoint of a step.
        var eta = Enumerable.Range(1, 100).Select(i => 0.01 * i).First(rate => Sharpness(theta - (rate / 2 * gradient)) >= 2.05 / rate);
        Run(Of(folder, $"learning_rate={eta:r}", "tracking.steps=0"), folder.Path("run"));
        using var reader = RunReader.Open(folder.Path("run"));
        Assert.Equal(0, reader.Manifest().Number("instability_step"));
        var left = Safetensors.Read(folder.Path("run/parameters.safetensors")).Tensors;
        foreach (var (name, values) in Point()) Assert.Equal(values.data<double>().ToArray(), left[name].data<double>().ToArray());

        double Sharpness(Tensor at)
        {
            using var expansion = objective.ExpandAt(at);
            using var tracker = new EigenpairTracker(new(1, 1e-6));
            var pairs = tracker.Track(expansion.Hessian());
            return pairs.Values[0];
        }
    }

    [Theory]
    [InlineData("float32", ScalarType.Float32)]
    [InlineData("float64", ScalarType.Float64)]
    public void Descent_to_the_edge_has_the_selected_precision(string precision, ScalarType type)
    {
        using var folder = Files();
        Run(Of(folder, $"descent={{ precision: {precision}, max_steps: 3 }}", "learning_rate=0.01"), folder.Path("run"));
        using var scope = NewDisposeScope();
        Assert.All(Safetensors.Read(folder.Path("run/parameters.safetensors")).Tensors.Values, values => Assert.Equal(type, values.dtype));
    }

    [Fact]
    public void A_speed_study_takes_test_samples_from_a_file()
    {
        using var folder = Files();
        var study = new[]
        {
            $"data={{ set: file, path: {folder.Path("samples.npz")} }}",
            $"model={{ hidden: [2], parameters: {folder.Path("point.safetensors")} }}",
            "loss=mse", "steps=2", "learning_rates=[0.1]", "sharpness_samples=4",
        }.Aggregate((SpeedStudy)Presets.Named("speed/mlp-fashion-mnist").Study, ExperimentYaml.With);
        Assert.Contains(
            "test_path: null", Assert.Throws<ExperimentException>(() => Run(study, folder.Path("none"))).Message, StringComparison.Ordinal);
        var tested = ExperimentYaml.With(study, $"test_path={folder.Path("samples.npz")}");
        Assert.Equal(RunStatus.Completed, Run(tested, folder.Path("run")).Status);
        using var reader = RunReader.Open(folder.Path("run"));
        Assert.Equal(
            reader.Points("gd@0.1", "train_loss").Select(point => point.Value),
            reader.Points("gd@0.1", "test_loss").Select(point => point.Value));
        Assert.Equal(Sha256(folder.Path("samples.npz")), reader.Manifest().Text("test_checksum"));
        Assert.Contains("sharpness_samples: 5; it must be at most the number of samples, 4", Assert.Throws<ExperimentException>(() =>
            Run(ExperimentYaml.With(tested, "sharpness_samples=5"), folder.Path("five"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bnp_study_takes_samples_and_weights_from_files()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        NumpyArchive.Write(folder.Path("samples.npz"), ("x", X, [4, 3]), ("y", new[] { 0L, 1, 1, 0 }, [4, 1]));
        var study = BnpStudy.Default with
        {
            Data = DataSpec.File with { Path = folder.Path("samples.npz") },
            TestPath = folder.Path("samples.npz"),
            Batches = [2],
            Parameters = folder.Path("point.safetensors"),
        };
        var (start, sizes) = (new Dictionary<string, Tensor>(StringComparer.Ordinal), new[] { 3, 100, 100, 100, 2 });
        for (var i = 1; i <= 4; i++)
        {
            start[$"linear{i}.weight"] = rand(sizes[i], sizes[i - 1], generator: new Generator((ulong)i));
            start[$"linear{i}.bias"] = zeros(sizes[i]);
        }
        Safetensors.Write(folder.Path("point.safetensors"), start);
        using var data = new BnpData(study.Checked());
        using var network =
            new BnpNetwork(study.Model, data.Shape, data.Classes, BnpVariant.Vanilla, ScalarType.Float32, data.Start, study.Seed);
        Assert.Equal(Sha256(folder.Path("point.safetensors")), data.ParametersChecksum);
        Assert.Equal(
            Enumerable.Range(1, 4).SelectMany(i => start[$"linear{i}.weight"].data<float>().Concat(start[$"linear{i}.bias"].data<float>())),
            network.parameters().SelectMany(parameter => parameter.data<float>()));
        Assert.Contains(
            "batches: 5; it must be at most the number of training images, 4",
            Assert.Throws<ExperimentException>(() => new BnpData(study with { Batches = [5] })).Message,
            StringComparison.Ordinal);
        start["linear2.weight"] = zeros(100, 99);
        Safetensors.Write(folder.Path("point.safetensors"), start);
        Assert.Contains(
            "linear2.weight: shape [100,99]; the model needs [100,100]",
            Assert.Throws<ExperimentException>(() => new BnpData(study)).Message,
            StringComparison.Ordinal);
    }

    private static RunSummary Run(SpeedStudy study, string to)
    {
        using var writer = RunWriter.Create(to);
        return new TrainingSpeed(study, writer, TimeProvider.System).Run("own", null, default);
    }

    private static void Run(Experiment experiment, string to)
    {
        using var writer = RunWriter.Create(to);
        new EdgeOfStability(experiment, writer, TimeProvider.System).Run("own", null, default);
    }

    private static void Refused(Func<Experiment> experiment, string message)
    {
        var error = Assert.Throws<ExperimentException>(() => new Problem(experiment()).Dispose());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>Returns an experiment with a tanh network 3-2-... on the files of the folder.</summary>
    private static Experiment Of(TemporaryFolder folder, params string[] settings) => new[]
    {
        $"data={{ set: file, path: {folder.Path("samples.npz")} }}",
        $"model={{ kind: mlp, hidden: [2], activation: tanh, parameters: {folder.Path("point.safetensors")} }}",
        "learning_rate=0.5", "tracking.steps=6", "descent.max_steps=400",
    }.Concat(settings).Aggregate(Presets.Named("smoke").Experiment, ExperimentYaml.With);

    private static TemporaryFolder Files()
    {
        var folder = new TemporaryFolder();
        Files(folder, shift: 0);
        return folder;
    }

    /// <summary>Writes the two files, except those that exist.</summary>
    private static void Files(TemporaryFolder folder, double shift)
    {
        using var scope = NewDisposeScope();
        if (!File.Exists(folder.Path("samples.npz")))
            NumpyArchive.Write(folder.Path("samples.npz"), ("x", X, [4, 3]), ("y", new[] { 1.0, -1, 0.5 + shift, 2 }, [4]));
        if (!File.Exists(folder.Path("point.safetensors")))
            Write(folder.Path("point.safetensors"), Point().Select(part => (part.Name, part.Values + shift)));
    }

    private static (string Name, Tensor Values)[] Point() =>
    [
        ("linear1.weight", tensor(W1).view(2, 3)), ("linear1.bias", tensor(B1)),
        ("linear2.weight", tensor(new[] { 0.7, -0.6 }).view(1, 2)), ("linear2.bias", tensor(new[] { 0.2 })),
    ];

    private static void Parameters(string path, double[] w2, double[] b2)
    {
        using var scope = NewDisposeScope();
        Write(path,
        [
            ("linear1.weight", tensor(W1).view(2, 3)), ("linear1.bias", tensor(B1)),
            ("linear2.weight", tensor(w2).view(-1, 2)), ("linear2.bias", tensor(b2)),
        ]);
    }

    private static void Write(string path, IEnumerable<(string Name, Tensor Values)> tensors) =>
        Safetensors.Write(path, tensors.ToDictionary(part => part.Name, part => part.Values, StringComparer.Ordinal));

    private static string Sha256(string path) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));

    private static double Square(double x) => x * x;

    private static double[] LogSoftmax(double[] f)
    {
        var log = Math.Log(f.Sum(Math.Exp));
        return [.. f.Select(one => one - log)];
    }
}
