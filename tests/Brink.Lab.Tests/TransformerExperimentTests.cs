using Brink.Runs;
using Brink.Zoo.Models;

namespace Brink.Lab.Tests;

public class TransformerExperimentTests
{
    [Fact]
    public void A_transformer_on_sentences_reaches_the_edge()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path("train.tsv"), Sentences(12));
        var experiment = With(
            $"data={{ set: sst2, path: {folder.Path("")}, samples: 20, vocabulary_size: 40 }}",
            "model={ kind: transformer, positions: 12, width: 8, feed_forward: 16 }",
            "micro_batch=20", "learning_rate=0.05", "tracking.steps=10", "descent.max_steps=3000");
        using var writer = RunWriter.Create(folder.Path("run"));
        var summary = new EdgeOfStability(experiment, writer, TimeProvider.System).Run("text", null, CancellationToken.None);
        Assert.True(summary.Status == RunStatus.Completed, summary.Message);
        using var run = RunReader.Open(summary.Folder);
        Assert.InRange(run.Manifest().Number("max_constraint_error")!.Value, 0, 1e-6);
        Assert.Equal(StudyYaml.Write(experiment), File.ReadAllText(folder.Path("run/experiment.yaml")));
    }

    [Fact]
    public void Tokens_are_integers_in_both_precisions_and_the_micro_batch_does_not_change_the_loss()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path("train.tsv"), Sentences(12));
        var experiment = With(
            $"data={{ set: sst2, path: {folder.Path("train.tsv")}, samples: 21, vocabulary_size: 40 }}",
            "model={ kind: transformer, positions: 12, width: 8, feed_forward: 16 }");
        using var scope = NewDisposeScope();
        using var problem = new Problem(experiment);
        var theta = problem.Initial() + 0.1;
        var (loss, gradient) = problem.Objective(ScalarType.Float64).LossAndGradient(theta);
        var (pieces, piecewise) = problem.Objective(ScalarType.Float64, 21, 4).LossAndGradient(theta);
        Assert.Equal(loss, pieces, 12);
        Assert.InRange((gradient - piecewise).norm().ToDouble() / gradient.norm().ToDouble(), 0, 1e-12);
        Assert.Equal(loss, problem.Objective(ScalarType.Float32).Loss(theta.to(ScalarType.Float32)), 5);
    }

    [Theory]
    [InlineData("model.kind: mlp reads images, and the data are sequences of tokens; use model.kind=transformer", "model.kind=mlp")]
    [InlineData("model.kind: resnet18 reads images", "model.kind=resnet18")]
    [InlineData("model.kind: transformer reads sequences of tokens, and the data are images", "data={ set: fashion-mnist, path: null }")]
    [InlineData("images have no vocabulary", "data={ set: fashion-mnist, path: null, vocabulary: a.txt }")]
    [InlineData("model.positions: 4; the sentence in line 2 has 8 tokens", "model={ kind: transformer, positions: 4 }")]
    [InlineData("data: a vocabulary of 6 pieces is too small; the text has", "data.vocabulary_size=10")]
    [InlineData("none.txt", "data.vocabulary=none.txt")]
    [InlineData("25 samples need 13 of class 0; the set has 12 of that class", "data.samples=25")]
    public void Settings_that_do_not_fit_the_data_are_refused_in_one_line(string message, string setting)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path("train.tsv"), Sentences(12));
        var experiment = With($"data={{ set: sst2, path: {folder.Path("")}, samples: 20 }}", "model.kind=transformer", setting);
        var error = Assert.Throws<ExperimentException>(() => new Problem(experiment));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void The_transformer_of_the_paper_passes_the_audit_on_real_sentences()
    {
        Assert.SkipUnless(File.Exists(Sst2Tests.Shared), $"{Sst2Tests.Shared} is missing: SST-2 may not be redistributed");
        var experiment = With(
            $"data={{ set: sst2, path: {Sst2Tests.Shared}, samples: 64 }}", "model.kind=transformer", "micro_batch=64");
        Assert.Equal(new TransformerSpec(64, 64, 2, 2, 256, Activation.GeluTanh), experiment.Model);
        var (exact, precision) = ExperimentAudit.Run(experiment);
        Assert.True(exact.Passed, exact.Fault);
        Assert.True(precision.Passed, precision.Fault);
    }

    private static Experiment With(params string[] settings) =>
        settings.Aggregate(Presets.Named("quickstart").Experiment, ExperimentYaml.With);

    /// <summary>Returns a file with the given number of sentences of each label.</summary>
    private static string Sentences(int each) => "sentence\tlabel\n" + string.Concat(Enumerable.Range(0, each).Select(i =>
        $"{(i == 0 ? "no not a " : "")}dull thing {"abcdefgh"[i % 8]}\t0\na {(i % 3 == 0 ? "very " : "")}fine {"hgfedcba"[i % 8]}\t1\n"));
}
