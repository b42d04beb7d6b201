using Brink.Zoo.Checkpoints;

namespace Brink.Lab.Tests.TrainingCheckpoints;

public class FileStepTests
{
    [Theory]
    [InlineData("step_001200.safetensors", 1200L)]
    [InlineData("step00060.pt", 60L)]
    [InlineData("epoch=3-step=400.ckpt", 400L)]
    [InlineData("step=400-v1.ckpt", 400L)]
    [InlineData("iter-7.npz", 7L)]
    [InlineData("model_1200.pt", 1200L)]
    [InlineData("ckpt12.pt", 12L)]
    [InlineData("0100.npz", 100L)]
    [InlineData("epoch12.pt", 12L)]
    [InlineData("resnet18.pth", null)]
    [InlineData("model_fp16.pt", null)]
    [InlineData("99999999999999999999.pt", null)]
    [InlineData("checkpoint-500/model.safetensors", 500L)]
    [InlineData("run7/model.pt", null)]
    public void The_digits_of_a_name_are_the_step(string path, long? step) =>
        Assert.Equal(step, FileStep.OfWord(path) ?? FileStep.OfNumber(path));
}
