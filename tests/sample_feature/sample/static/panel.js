export function mount(console) {
  console.place.querySelector("#sample-ask").addEventListener("click", async () => {
    const { answer } = await console.send("sample.ask", { question: "元気ですか" });
    console.place.querySelector("#sample-answer").textContent = answer;
  });
}
