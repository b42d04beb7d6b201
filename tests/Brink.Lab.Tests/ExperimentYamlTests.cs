namespace Brink.Lab.Tests;

public class ExperimentYamlTests
{
    private static readonly Experiment Quickstart = Presets.Named("quickstart").Experiment;

    [Fact]
    public void A_written_experiment_is_read_back_to_the_last_bit()
    {
        var odd = Quickstart with
        {
            LearningRate = 0.1 + 0.2,   // not a short decimal
            Seed = long.MaxValue,
            Data = Quickstart.Data with { Path = "/a b/c:d", Classes = [9, 0, 4] },
        };
        var read = FromText(StudyYaml.Write(odd));
        Assert.Equivalent(odd, read, strict: true);
        Assert.Equal(odd.Data.Classes, read.Data.Classes);
    }

    [Fact]
    public void A_file_contains_only_what_differs_from_its_preset()
    {
        Assert.Equal(1200, FromText("preset: long").Tracking.Steps);
        var changed = FromText("preset: smoke\ndata: { samples: 50 }\nmodel:\n  hidden: [7]\n  activation: gelu\n");
        Assert.Equal(50, changed.Data.Samples);
        Assert.Equal(4, changed.Data.Pool);   // as in smoke
        Assert.Equal([7], Assert.IsType<MlpSpec>(changed.Model).Hidden);
        Assert.Equal(Zoo.Models.Activation.Gelu, changed.Model.Activation);
        Assert.Equivalent(Quickstart, FromText("{}"), strict: true);
    }

    [Theory]
    [InlineData("learning_rate=0.02", "learning_rate: 0.02")]
    [InlineData("data.samples=100", "  samples: 100")]
    [InlineData("model.hidden=[50, 100]", "  - 50")]
    [InlineData("model.activation=softplus", "  activation: softplus")]
    [InlineData("model.activation=gelu-tanh", "  activation: gelu-tanh")]
    [InlineData("data.set=mnist", "  set: mnist")]
    [InlineData("data.vocabulary=/somewhere/vocab.txt", "  vocabulary: /somewhere/vocab.txt")]
    [InlineData("data.path=/somewhere", "  path: /somewhere")]
    [InlineData("tracking.steps=0", "  steps: 0")]
    public void Set_replaces_one_value_and_no_other(string assignment, string line)
    {
        var before = StudyYaml.Write(Quickstart).Split('\n');
        var after = StudyYaml.Write(ExperimentYaml.With(Quickstart, assignment)).Split('\n');
        var (removed, added) = before.Zip(after).Single(pair => pair.First != pair.Second);
        Assert.Equal(line, added);
        Assert.NotEqual(line, removed);
        Assert.Equal(before.Length, after.Length);
    }

    [Theory]
    [InlineData("learning_rte=0.02", "learning_rte: no such key; did you mean 'learning_rate'?")]
    [InlineData("data.sampels=3", "data.sampels: no such key; did you mean 'samples'?")]
    [InlineData("learning_rate=-0.04", "learning_rate: -0.04; it must be above 0")]
    [InlineData("learning_rate=fast", "learning_rate: 'fast' is not a number")]
    [InlineData("learning_rate=NaN", "learning_rate: NaN; it must be above 0")]
    [InlineData("data.samples=1.5", "data.samples: '1.5' is not a whole number of at most 2,147,483,647")]
    [InlineData("data.samples=99999999999", "data.samples: '99999999999' is not a whole number of at most 2,147,483,647")]
    [InlineData("data.classes=[0]", "at least 2")]
    [InlineData("data.classes=[0, 0]", "data.classes: 0 is listed 2 times; list each class once")]
    [InlineData("data.classes=[0, 10]", "classes must be between 0 and 9")]
    [InlineData("data={ set: sst2, classes: [0, 2] }", "classes must be between 0 and 1")]
    [InlineData("data.set=sst", "did you mean 'sst2'?")]
    [InlineData("data.vocabulary_size=0", "data.vocabulary_size: 0; it must be at least 1")]
    [InlineData("model={ kind: transformer, width: 63 }", "model.width: 63; it must be a multiple of model.heads, 2")]
    [InlineData("model={ kind: transformer, feed_forward: 0 }", "model.feed_forward: 0; it must be at least 1")]
    [InlineData("data.classes=[0, a]", "data.classes[1]: 'a'")]
    [InlineData("data=3", "data: a mapping (set, path, classes, samples, pool, vocabulary, vocabulary_size) is expected")]
    [InlineData("model.activation=tanhh", "did you mean 'tanh'?")]
    [InlineData("model.hidden=[]", "a squared loss is quadratic")]
    [InlineData("model.hidden=[0]", "width: 0; it must be at least 1")]
    [InlineData("loss=hinge", "'hinge' is unknown")]
    [InlineData("seed=-1", "seed: -1")]
    [InlineData("nonsense", "it must have the form path=value")]
    [InlineData("a: b=c", "line 1")]
    [InlineData("data.path=", "no value after '='; write null for no value")]
    [InlineData("data.vocabulary= ", "no value after '='")]
    [InlineData("data.path=\"\"", "data.path: an empty string; write null for no value")]
    public void Invalid_settings_are_refused_in_one_line(string assignment, string message)
    {
        var error = Assert.Throws<ExperimentException>(() => ExperimentYaml.With(Quickstart, assignment));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(assignment, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("learning_rate: [1", "line 2")]
    [InlineData("- a\n- b", "a mapping of keys to values")]
    [InlineData("preset: quikstart", "did you mean 'quickstart'?")]
    [InlineData("preset: [a]", "preset: a string is expected")]
    [InlineData("[a]: 1", "a key: a string is expected")]
    [InlineData("tracking:\n  stpes: 3", "tracking.stpes: no such key; did you mean 'steps'?")]
    [InlineData("", "experiment.yaml: empty; write an experiment with 'brink presets quickstart > FILE'")]
    [InlineData("# a remark\n\n", "experiment.yaml: empty")]
    [InlineData("---\n", "experiment.yaml: empty")]
    [InlineData("null", "a mapping of keys to values")]
    [InlineData("preset: smoke\nseed: 2\n---\nseed: 3\n", "experiment.yaml: line 3: a second document begins")]
    [InlineData("preset: smoke\n---\n", "line 2: a second document begins")]
    [InlineData("preset: smoke\n...\nseed: 3\n", "line 3: a second document begins")]
    [InlineData("seed: 2\n\tmicro_batch: 3\n", "experiment.yaml: line 2: a tab in the indentation; indent with spaces")]
    [InlineData("data:\n  samples: 50\n\tpool: 3\n", "line 3: a tab in the indentation")]
    [InlineData("data:\n\tsamples: 50\n", "line 2: a tab in the indentation")]
    [InlineData("model:\n  hidden:\n  \t- 5\n", "line 3: a tab in the indentation")]
    [InlineData("data: { path: '' }", "data.path: an empty string; write null for no value")]
    [InlineData("data:\n  vocabulary: \" \"\n", "data.vocabulary: an empty string")]
    public void Faults_in_a_file_are_reported_with_its_name(string yaml, string message)
    {
        var error = Assert.Throws<ExperimentException>(() => FromText(yaml));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("experiment.yaml", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("---\nseed: 7\n...\n")]
    [InlineData("seed:\t7\t# a tab that separates\n")]
    [InlineData("{\n\tseed: 7 }\n")]
    [InlineData("\tseed: 7\n")]
    public void One_document_may_be_marked_and_tabs_may_separate(string yaml) => Assert.Equal(7, FromText(yaml).Seed);

    [Fact]
    public void A_missing_file_and_a_missing_preset_are_reported()
    {
        Assert.Contains(
            "nowhere.yaml",
            Assert.Throws<ExperimentException>(() => ExperimentYaml.Read("nowhere.yaml")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "did you mean 'smoke'?",
            Assert.Throws<ExperimentException>(() => Presets.Named("smke")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "expected one of quickstart",
            Assert.Throws<ExperimentException>(() => Presets.Named("resnet-cifar")).Message,
            StringComparison.Ordinal);
    }

    private static Experiment FromText(string yaml)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Path("experiment.yaml");
        File.WriteAllText(path, yaml);
        return Assert.IsType<Experiment>(ExperimentYaml.Read(path));
    }
}
