using Brink.Optimizers;
using Brink.Reports;
using Brink.Runs;
using Brink.Zoo.Formats;
using Brink.Zoo.Models;

namespace Brink.Lab.Tests;

public sealed class BnpStudyTests
{
    private static readonly BnpStudy Small = BnpStudy.Default with
    {
        Data = BnpStudy.Default.Data with { Samples = 60, Pool = 4 },
        Batches = [8, 1],
        LearningRates = [0.01, 0.1],
        Steps = 10,
    };

    [Fact]
    public void A_study_compares_every_variant_at_every_batch_size_and_has_a_page_and_figures()
    {
        using var folder = new TemporaryFolder();
        var (summary, results) = Run(Small, folder.Path("a"));
        Assert.Equal(RunStatus.Completed, summary.Status);
        Assert.Equal(8, results.Count);
        Assert.All(results, one => Assert.InRange(one.Accuracy, 0, 1));
        // The output of batch norm on one vector is constant; every other training has a condition number.
        Assert.Contains("no variance", Assert.Single(results, one => one.ConditionNumber is null).Reason, StringComparison.Ordinal);
        Assert.Null(results.Single(one => (one.Variant, one.Batch) == ("batch-norm", 1)).ConditionNumber);
        Assert.All(results.Where(one => one.Variant is "vanilla" or "group-norm"), one => Assert.Equal(one.Spread, one.PlainSpread));
        Assert.All(results.Where(one => one.Variant == "bnp"), one => Assert.NotEqual(one.Spread, one.PlainSpread));

        // The same seed gives the same numbers.
        var (_, again) = Run(Small with { Batches = [1] }, folder.Path("b"));
        Assert.Equal(
            results.Where(one => one.Batch == 1).Select(one => one with { Seconds = 0 }), again.Select(one => one with { Seconds = 0 }));

        using var reader = RunReader.Open(summary.Folder);
        var names = Figures.Of(reader).Select(figure => figure.Name).ToArray();
        Assert.Empty(StudyReports.Standard.Of(reader).FigureNames
            .Concat(["bnp_loss_8", "bnp_accuracy_time_1", "bnp_density_8", "bnp_condition_1"])
            .Except(names));
        Assert.Contains("At batch size 1 ", Story.Of(reader), StringComparison.Ordinal);
        Assert.Equal(8, StudyReports.Standard.Of(reader).Tables(reader.Manifest()).Single().Rows.Count);
    }

    [Fact]
    public void A_killed_study_resumes_after_its_last_complete_training()
    {
        using var folder = new TemporaryFolder();
        var study = Small with { Batches = [8], Steps = 6 };
        var killed = false;
        using (var writer = RunWriter.Create(folder.Path("whole")))
        {
            new BnpComparison(study, writer, TimeProvider.System).Run("bnp", progress =>
            {
                if (killed || progress.Done < 2.5) return;
                killed = true;
                CrashImages.Take(folder.Path("whole"), folder.Path("killed"));
            }, default);
        }
        using (var resumption = Resumption.Of(folder.Path("killed")))
        {
            Assert.NotNull(resumption.From);
            var summary = resumption.Continue(null, null, default);
            Assert.Equal((RunStatus.Completed, "4 trainings"), (summary.Status, summary.Message));
        }
        Assert.Equal(Numbers("whole"), Numbers("killed"));

        // Removes the seconds that each training took.
        string Numbers(string name) => string.Join('\n', CrashImages.Contents(folder.Path(name)).Split('\n')
            .Where(line => !line.Contains(",seconds,", StringComparison.Ordinal))
            .Select(line => System.Text.RegularExpressions.Regex.Replace(line, "\"seconds\":[^,]*,", "")));
    }

    [Fact]
    public void A_study_of_the_convolutional_network_works_at_batch_size_one()
    {
        using var folder = new TemporaryFolder();
        var study = Small with { Model = BnpModel.Cnn, Batches = [1], Steps = 3, LearningRates = [0.01] };
        var (_, results) = Run(study, folder.Path("run"));
        // A channel of one image has one value per position, so that batch norm has a variance.
        Assert.All(results, one => Assert.InRange(one.ConditionNumber!.Value, 1, double.MaxValue));
    }

    [Fact]
    public void Composed_norms_equal_those_of_libtorch()
    {
        using var scope = NewDisposeScope();
        foreach (var (own, torchs, shape) in new (nn.Module<Tensor, Tensor>, nn.Module<Tensor, Tensor>, long[])[]
        {
            (new BatchNorm(3, ScalarType.Float64), nn.BatchNorm1d(3, dtype: ScalarType.Float64), [6, 3]),
            (new BatchNorm(3, ScalarType.Float64), nn.BatchNorm2d(3, dtype: ScalarType.Float64), [4, 3, 5, 5]),
            (new GroupNorm(2, 6, ScalarType.Float64), nn.GroupNorm(2, 6, dtype: ScalarType.Float64), [4, 6, 5, 5]),
        })
        {
            using var generator = new Generator(5, CPU);
            var x = (2 * randn(shape, dtype: ScalarType.Float64, generator: generator)) + 1;
            var weights = randn(shape, dtype: ScalarType.Float64, generator: generator);
            var gradients = new[] { own, torchs }.Select(norm =>
            {
                // TorchSharp does not initialize the parameters of its group norm.
                using (no_grad())
                    foreach (var (i, parameter) in norm.parameters().Index()) parameter.fill_(1.5 - i);
                var input = x.clone().requires_grad_();
                (norm.call(input) * weights).sum().backward();
                return cat([input.grad!.flatten(), .. norm.parameters().Select(parameter => parameter.grad!.flatten())]);
            }).ToArray();
            Assert.True(gradients[0].allclose(gradients[1], rtol: 1e-10, atol: 1e-12));
            Assert.True(own.call(x).allclose(torchs.call(x), rtol: 1e-12, atol: 1e-12));
        }
    }

    [Fact]
    public void Statistics_of_a_preconditioner_are_read_back_from_a_file()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var module = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(12, 2));
        using var bnp = new Bnp(module);
        module.call(rand(5, 2, 4, 4)).square().sum().backward();
        bnp.Precondition();
        var file = folder.Path("bnp.safetensors");
        Safetensors.Write(file, bnp.State());
        using var other = new Bnp(module);
        other.Restore(Safetensors.Read(file).Tensors);
        Assert.Equal(1, other.Steps);
        foreach (var (name, value) in bnp.State()) Assert.True(value.equal(other.State()[name]).all().ToBoolean(), name);
    }

    [Fact]
    public void Invalid_settings_are_named()
    {
        Refused(Small with { Batches = [8, 0] }, "batches: 0");
        Refused(Small with { Batches = [61] }, "batches: 61");
        Refused(Small with { Batches = [] }, "batches");
        Refused(Small with { Batches = [2, 2] }, "batches: 2 is listed 2 times");
        Refused(Small with { Steps = 0 }, "steps: 0");
        Refused(Small with { Seconds = 0 }, "seconds: 0");
        Refused(Small with { Seed = -1 }, "seed: -1");

        static void Refused(BnpStudy study, string expected) =>
            Assert.Contains(expected, Assert.Throws<ExperimentException>(study.Checked).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_study_leaks_no_tensor()
    {
        using var folder = new TemporaryFolder();
        var study = Small with { Batches = [4], Steps = 2, LearningRates = [0.01] };
        Run(study, folder.Path("a"));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Run(study, folder.Path("b"));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static (RunSummary Summary, IReadOnlyList<BnpResult> Results) Run(BnpStudy study, string folder)
    {
        RunSummary summary;
        using (var writer = RunWriter.Create(folder))
            summary = new BnpComparison(study.Checked(), writer, TimeProvider.System)
                .Run("bnp", null, TestContext.Current.CancellationToken);
        using var run = RunReader.Open(folder);
        return (summary, run.Manifest().Get(BnpSchema.Results)!);
    }
}
